using System.Buffers;

namespace Aurelian.Firewall;

/// <summary>
/// What a client says under an <c>ssh</c> rule begins as SSH does (RFC 4253 §4.2). The server's side is not waited for,
/// so a client that lets the server speak first does not stall.
/// </summary>
internal sealed class SshGuard : ClientGuard
{
    private static ReadOnlySpan<byte> Beginning => "SSH-"u8;

    private int _seen;

    internal override bool IsOver => Refusal is null && _seen == Beginning.Length;

    internal override bool TryFeed(ReadOnlySpan<byte> bytes, IBufferWriter<byte> approved)
    {
        int compared = Math.Min(Beginning.Length - _seen, bytes.Length);
        if (Refusal is not null || !bytes[..compared].SequenceEqual(Beginning.Slice(_seen, compared)))
        {
            Refusal ??= "no SSH where the rule asks for it";
            return false;
        }

        _seen += compared;
        approved.Write(bytes);
        return true;
    }
}
