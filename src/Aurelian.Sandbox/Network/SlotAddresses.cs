using System.Buffers.Binary;
using System.Net;

namespace Aurelian.Sandbox;

/// <summary>
/// Addresses of a slot by its index (docs/ARCHITECTURE.md, Addresses): a /30 each from 100.64.0.0/10.
/// </summary>
internal static class SlotAddresses
{
    internal const int SlotsMax = 1 << 18;
    private const uint First = 0x64400000; // 100.64.0.0

    internal static IPAddress Gateway(int index) => At(index, 1);

    internal static IPAddress Sandbox(int index) => At(index, 2);

    /// <summary>Given so that an IPv6 packet goes out to be refused and logged, not to be lost in silence.</summary>
    internal static string GatewaySix(int index) => $"fd64:{index >> 16:x}:{index & 0xFFFF:x}::1";

    internal static string SandboxSix(int index) => $"fd64:{index >> 16:x}:{index & 0xFFFF:x}::2";

    /// <summary>Locally administered: 02:64, the end, and the index.</summary>
    internal static string LinkAddress(int index, int end) =>
        $"02:64:{end:x2}:{(index >> 16) & 0xFF:x2}:{(index >> 8) & 0xFF:x2}:{index & 0xFF:x2}";

    private static IPAddress At(int index, uint host)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, First + ((uint)index * 4) + host);
        return new IPAddress(bytes);
    }
}
