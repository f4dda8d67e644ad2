using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Aurelian.Detection;

/// <summary>A network of addresses; IPv4 within IPv6 is IPv4. Asked for without allocating.</summary>
internal readonly record struct AddressRange(bool IsIPv4, UInt128 First, int Length)
{
    private int Bits => IsIPv4 ? 32 : 128;

    internal static bool TryParse(string text, out AddressRange range)
    {
        int slash = text.IndexOf('/');
        bool read = IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address);
        (bool four, UInt128 number) = read ? Read(address!) : default;
        int bits = four ? 32 : 128, length = bits;
        read = read && (slash < 0 || (int.TryParse(
            text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out length) && length <= bits));
        range = read ? new AddressRange(four, number & Mask(bits, length), length) : default;
        return read;
    }

    internal static AddressRange Of(IPAddress address, int length)
    {
        (bool four, UInt128 number) = Read(address);
        return new AddressRange(four, number & Mask(four ? 32 : 128, length), length);
    }

    internal bool Contains(IPAddress address)
    {
        (bool four, UInt128 number) = Read(address);
        return four == IsIPv4 && (number & Mask(Bits, Length)) == First;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, First);
        return $"{new IPAddress(IsIPv4 ? bytes[12..] : bytes)}/{Length}";
    }

    private static UInt128 Mask(int bits, int length) => length == 0 ? 0
        : (UInt128.MaxValue << (bits - length)) & (bits == 128 ? UInt128.MaxValue : (UInt128)uint.MaxValue);

    private static (bool IsIPv4, UInt128 Number) Read(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return address.AddressFamily == AddressFamily.InterNetwork
                ? (true, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : address.IsIPv4MappedToIPv6 ? (true, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : (false, written == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : 0);
    }
}
