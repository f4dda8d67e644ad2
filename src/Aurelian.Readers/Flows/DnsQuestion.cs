using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Aurelian.Readers;

/// <summary>
/// What a DNS message asks (RFC 1035 §4.1). Unlike a resolver it also reads names that are no host names: tunnels use
/// every byte; they are written as in a zone file, <c>\DDD</c> (§5.1).
/// </summary>
internal readonly record struct DnsQuestion(string Name, ushort Type)
{
    private const int HeaderLength = 12, NameMax = 255;

    /// <param name="strict">On a port that is not DNS's: only what can hardly be anything else.</param>
    [SkipLocalsInit]
    internal static bool TryRead(ReadOnlySpan<byte> message, bool strict, out DnsQuestion question)
    {
        question = default;
        // A query (QR 0) with one question and, strictly, nothing else.
        if (message.Length < HeaderLength + 5 || (message[2] & 0x80) != 0 || Number(message, 4) != 1
            || (strict && ((message[2] & 0x78) != 0 || Number(message, 6) != 0 || Number(message, 8) != 0
                || Number(message, 10) > 2)))
        {
            return false;
        }

        Span<char> name = stackalloc char[NameMax * 4];
        int length = 0, at = HeaderLength;
        while (message[at] != 0)
        {
            int label = message[at];
            if (label > 63 || at - HeaderLength + label >= NameMax || at + 1 + label >= message.Length)
            {
                return false;
            }

            if (length > 0)
            {
                name[length++] = '.';
            }

            foreach (byte each in message.Slice(at + 1, label))
            {
                length += Write(each, name[length..]);
            }

            at += label + 1;
        }

        if (at + 5 > message.Length || (strict && Number(message, at + 3) != 1))
        {
            return false;
        }

        question = new DnsQuestion(length == 0 ? "." : new string(name[..length]), (ushort)Number(message, at + 1));
        return true;
    }

    private static int Write(byte each, Span<char> name)
    {
        if (each is > 0x20 and < 0x7F and not ((byte)'.' or (byte)'\\'))
        {
            name[0] = char.ToLowerInvariant((char)each);
            return 1;
        }

        (name[0], name[1]) = ('\\', (char)('0' + (each / 100)));
        (name[2], name[3]) = ((char)('0' + (each / 10 % 10)), (char)('0' + (each % 10)));
        return 4;
    }

    private static int Number(ReadOnlySpan<byte> message, int at) =>
        BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
