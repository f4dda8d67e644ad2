using System.Buffers.Binary;
using System.Net;

namespace Aurelian.Protocols;

/// <summary>One question (RFC 1035 §4) and the answers that our resolver gives.</summary>
/// <param name="Name">As compared; null when it is no plain host name.</param>
/// <param name="QuestionEnd">Where the question ends in the message.</param>
public readonly record struct DnsQuery(ushort Id, ushort Flags, string? Name, ushort Type, ushort Class,
    int QuestionEnd)
{
    public const ushort TypeA = 1, TypeAaaa = 28, ClassInternet = 1;
    public const int NoError = 0, FormatError = 1, NameError = 3, Refused = 5;
    private const int HeaderLength = 12;

    /// <summary>Reads a message with exactly one question; anything else is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < HeaderLength + 5 || (message[2] & 0x80) != 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        Span<byte> name = stackalloc byte[254];
        int length = 0, at = HeaderLength;
        while (message[at] != 0)
        {
            int label = message[at];
            // No compression in a question, and 63 bytes at most.
            if (label > 63 || at + 1 + label >= message.Length || length + label + 1 > name.Length)
            {
                return false;
            }

            if (message.Slice(at + 1, label).Contains((byte)'.'))
            {
                return false; // a dot inside a label would read as two
            }

            message.Slice(at + 1, label).CopyTo(name[length..]);
            length += label;
            name[length++] = (byte)'.';
            at += label + 1;
        }

        if (at + 5 > message.Length)
        {
            return false;
        }

        query = new DnsQuery(
            BinaryPrimitives.ReadUInt16BigEndian(message), BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            length == 0 ? null : Text.HostName(name[..(length - 1)]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(at + 3)..]), at + 5);
        return true;
    }

    /// <summary>Writes the reply to <paramref name="message"/>; gives its length.</summary>
    public int WriteReply(ReadOnlySpan<byte> message, int code, IPAddress? address, int seconds, Span<byte> reply)
    {
        message[..QuestionEnd].CopyTo(reply);
        // Response, recursion as asked and available; opcode kept.
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)(0x8080 | (Flags & 0x7900) | code));
        BinaryPrimitives.WriteUInt16BigEndian(reply[4..], 1);
        reply[6..HeaderLength].Clear();
        if (address is null)
        {
            return QuestionEnd;
        }

        BinaryPrimitives.WriteUInt16BigEndian(reply[6..], 1);
        Span<byte> record = reply[QuestionEnd..];
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], TypeA);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], ClassInternet);
        BinaryPrimitives.WriteInt32BigEndian(record[6..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        address.TryWriteBytes(record[12..], out _);
        return QuestionEnd + 16;
    }

    /// <summary>The type's name, <c>TYPE65</c> for those without one here.</summary>
    public static string TypeName(ushort type) => type switch
    {
        1 => "A", 2 => "NS", 5 => "CNAME", 6 => "SOA", 12 => "PTR", 15 => "MX", 16 => "TXT", 28 => "AAAA",
        33 => "SRV", 64 => "SVCB", 65 => "HTTPS", 255 => "ANY", _ => $"TYPE{type}",
    };
}
