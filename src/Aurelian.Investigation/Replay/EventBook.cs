using Aurelian.Events;
using Aurelian.Readers;

namespace Aurelian.Investigation;

/// <summary>The last events by their Seq, so that evidence can be named; the oldest are forgotten.</summary>
internal sealed class EventBook
{
    /// <summary>Evidence seldom lies farther back.</summary>
    private const int EventsMax = 1 << 17;

    /// <summary>A finding is completed by its last event, or soon behind it; a fact that is kept costs collections.
    /// </summary>
    private const int FactsMax = 1 << 14;

    /// <summary>No name is longer (RFC 1035 §2.3.4), each of its bytes as <c>\DDD</c>.</summary>
    private const int NameMax = 4 * 255;

    private readonly Entry[] _entries = new Entry[EventsMax];
    private readonly (long Seq, Fact? Fact)[] _facts = new (long, Fact?)[FactsMax];

    internal void Add(Event occurred, SourceFile source, long record)
    {
        FlowId? flow = FlowOf(occurred.Fact);
        _entries[occurred.Seq % EventsMax] = new Entry(
            occurred.Seq, occurred.Time, source, record, occurred.Fact.GetType(), flow, null);
        if (Kept(occurred.Fact) is { } kept)
        {
            _facts[occurred.Seq % FactsMax] = (occurred.Seq, kept);
        }
    }

    /// <summary>What says where its event pointed to, where that is not found again by a flow; its texts cut.</summary>
    private static Fact? Kept(Fact fact) => fact switch
    {
        Fact.DnsAsked { Name.Length: > NameMax } asked => asked with { Name = asked.Name[..NameMax] },
        Fact.PacketRefused { Opening: not null } refused => refused with { Opening = null },
        Fact.DnsAsked or Fact.ProbeSeen or Fact.IcmpSeen or Fact.PacketRefused or Fact.ConnectAttempted
            or Fact.DatagramSent => fact,
        _ => null,
    };

    internal Entry? Find(long seq) =>
        seq > 0 && _entries[seq % EventsMax] is { Source: not null } entry && entry.Seq == seq
            ? entry with { Fact = _facts[seq % FactsMax] is var kept && kept.Seq == seq ? kept.Fact : null } : null;

    private static FlowId? FlowOf(Fact fact) => fact switch
    {
        Fact.FlowOpened opened => opened.Flow,
        Fact.FlowClosed closed => closed.Flow,
        Fact.FlowMeasured measured => measured.Flow,
        Fact.ProtocolSeen seen => seen.Flow,
        Fact.DnsAsked asked => asked.Flow,
        Fact.FlowTranslated translated => translated.Flow,
        _ => null,
    };

    internal readonly record struct Entry(
        long Seq, DateTimeOffset Time, SourceFile Source, long Record, Type Kind, FlowId? Flow, Fact? Fact);
}
