using System.Buffers;
using System.Buffers.Binary;
using Aurelian.Protocols;

namespace Aurelian.Firewall;

/// <summary>
/// Lets a client's TLS through once its ClientHello asks for the one name in clear. A server may ask for the hello
/// again (HelloRetryRequest, RFC 8446 §4.1.4), so a second one is held to the same: not every server compares the two.
/// </summary>
internal sealed class TlsGuard(string name) : ClientGuard
{
    private const int RecordHeader = 5;
    private const byte ChangeCipherSpec = 0x14, Handshake = 0x16, ApplicationData = 0x17, Heartbeat = 0x18;

    /// <summary>
    /// More than any server takes before it has answered a hello: after that no second one is read any more.
    /// </summary>
    private const long EarlyDataMax = 1 << 20;

    private readonly ArrayBufferWriter<byte> _waiting = new();
    private bool _greeted, _over;
    private int _recordLeft;
    private long _data;

    internal override bool IsOver => _over;

    internal override bool TryFeed(ReadOnlySpan<byte> bytes, IBufferWriter<byte> approved)
    {
        if (Refusal is not null)
        {
            return false;
        }

        _waiting.Write(bytes);
        byte[] all = _waiting.WrittenSpan.ToArray();
        ReadOnlySpan<byte> left = all;
        while (!left.IsEmpty && Refusal is null && Step(left) is > 0 and int passed)
        {
            approved.Write(left[..passed]);
            left = left[passed..];
        }

        _waiting.ResetWrittenCount();
        _waiting.Write(left);
        return Refusal is null;
    }

    /// <summary>How many bytes may go on; 0 when more decide, or when it is refused.</summary>
    private int Step(ReadOnlySpan<byte> left)
    {
        if (_over)
        {
            return left.Length;
        }

        if (_recordLeft > 0)
        {
            int taken = Math.Min(_recordLeft, left.Length);
            _recordLeft -= taken;
            return taken;
        }

        return !_greeted ? Greet(left) : left.Length < RecordHeader ? 0 : StepRecord(left);
    }

    private int StepRecord(ReadOnlySpan<byte> left)
    {
        switch (left[0])
        {
            case Handshake:
                return ClientHello.Begins(left) switch { null => 0, true => Greet(left), false => End(left) };
            case >= ChangeCipherSpec and <= Heartbeat:
                // Early data, its alerts, and what is sent for old middleboxes may come before a second hello.
                _recordLeft = RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(left[3..]);
                _data += left[0] == ApplicationData ? _recordLeft : 0;
                _over = _data > EarlyDataMax;
                return Step(left);
            default:
                Refusal = "no TLS where the rule asks for it";
                return 0;
        }
    }

    /// <summary>Key exchange: the server is past the hello, and what comes in clear now names nobody.</summary>
    private int End(ReadOnlySpan<byte> left)
    {
        _over = true;
        return left.Length;
    }

    private int Greet(ReadOnlySpan<byte> left)
    {
        ParseState state = ClientHello.Read(left, out ClientHello hello);
        Refusal = state switch
        {
            ParseState.NeedMore when left.Length < FirstWords.BytesMax => null,
            ParseState.NeedMore => "a ClientHello over 16 KiB",
            ParseState.NotThis => "no TLS where the rule asks for it",
            _ => Judge(hello),
        };
        if (state != ParseState.Found || Refusal is not null)
        {
            return 0;
        }

        _greeted = true;
        return hello.Length;
    }

    private string? Judge(ClientHello hello) => hello switch
    {
        { Encrypted: true } => "an encrypted ClientHello hides the name",
        { ServerName: null } => "TLS without a server name",
        _ when hello.ServerName != name => $"TLS for {hello.ServerName} at an address issued for {name}",
        _ => null,
    };
}
