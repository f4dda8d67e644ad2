using System.Net;
using Aurelian.Events;
using Aurelian.Protocols;

namespace Aurelian.Firewall;

/// <summary>
/// What our resolver says. It asks nobody: every plain host name gets a synthetic address, allowed or not (a denied
/// name's leads to the sinkhole, where intent is named). AAAA, HTTPS, SVCB and the rest have no data.
/// </summary>
internal sealed class DnsAnswers(GatewayState state, FirewallLog log)
{
    /// <summary>Addresses hold for a whole run, so any time would do.</summary>
    private const int AnswerSeconds = 60;
    private const int HeaderLength = 12;

    /// <summary>The longest question, and an answer behind it.</summary>
    internal const int MessageMax = 1500;
    internal const int ReplyMax = MessageMax + 16;

    /// <summary>The reply's length; 0 for what cannot be answered.</summary>
    internal int Answer(
        Admission admission, Endpoint source, Transport transport, ReadOnlySpan<byte> message, Span<byte> reply)
    {
        long stamp = MonotonicClock.NowNs;
        IPAddress? address = null;
        bool read = DnsQuery.TryRead(message, out DnsQuery query);
        (int code, string outcome) = (DnsQuery.NoError, "no data");
        if (!read)
        {
            (code, outcome) = (DnsQuery.FormatError, "no question");
        }
        else if (query.Name is null || query.Class != DnsQuery.ClassInternet)
        {
            (code, outcome) = (DnsQuery.NameError, "no host name");
        }
        else if (query.Type == DnsQuery.TypeA)
        {
            address = admission.Names.AddressOf(query.Name, admission.Policy.Spells(query.Name));
            (code, outcome) = address is null
                ? (DnsQuery.Refused, "too many names")
                : (DnsQuery.NoError, "synthetic address");
        }

        Subject subject = log.Owner(admission, source, state.NameserverEndpoint, transport);
        log.Post(SourceNames.Dns, stamp, subject, new Fact.DnsAsked(
            query.Name ?? "", read ? DnsQuery.TypeName(query.Type) : "", outcome, address?.ToString(),
            query.Name is not null && admission.Policy.AllowsName(query.Name)));
        return read
            ? query.WriteReply(message, code, address, AnswerSeconds, reply)
            : WriteFormatError(message, reply);
    }

    /// <summary>A question that could not be told of.</summary>
    internal void Lose(Admission admission) =>
        log.Lose(SourceNames.Dns, admission.Subject, 1, causedBySandbox: false);

    /// <summary>The header alone, so that whoever asked does not wait; nothing for what is itself an answer.</summary>
    private static int WriteFormatError(ReadOnlySpan<byte> message, Span<byte> reply)
    {
        if (message.Length < HeaderLength || (message[2] & 0x80) != 0)
        {
            return 0;
        }

        reply[..HeaderLength].Clear();
        message[..2].CopyTo(reply);
        reply[2] = (byte)(0x80 | (message[2] & 0x79));
        reply[3] = 0x80 | DnsQuery.FormatError;
        return HeaderLength;
    }
}
