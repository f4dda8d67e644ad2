namespace Aurelian.Readers;

/// <summary>Both ends of a conversation, the same for both directions.</summary>
internal readonly record struct FlowKey(UInt128 LowAddress, UInt128 HighAddress, int Ports, byte Protocol)
{
    private static readonly ulong Seed1 = SeedOf(1), Seed2 = SeedOf(2);

    /// <param name="fromLow">The packet goes from the end that the key names first.</param>
    internal static FlowKey Of(
        UInt128 source, UInt128 destination, int sourcePort, int destinationPort, byte protocol, out bool fromLow)
    {
        fromLow = source < destination || (source == destination && sourcePort <= destinationPort);
        return fromLow
            ? new FlowKey(source, destination, (sourcePort << 16) | destinationPort, protocol)
            : new FlowKey(destination, source, (destinationPort << 16) | sourcePort, protocol);
    }

    internal int LowPort => (Ports >> 16) & 0xFFFF;

    internal int HighPort => Ports & 0xFFFF;

    public bool Equals(FlowKey other) => Ports == other.Ports && LowAddress == other.LowAddress
        && HighAddress == other.HighAddress && Protocol == other.Protocol;

    /// <summary>
    /// Folded products (as wyhash's), seeded afresh in every process: a capture cannot be made to collide.
    /// </summary>
    public override int GetHashCode()
    {
        ulong low = Fold((ulong)LowAddress ^ Seed1, (ulong)(LowAddress >> 64) ^ Seed2);
        ulong high = Fold((ulong)HighAddress ^ Seed2, (ulong)(HighAddress >> 64) ^ Seed1);
        ulong all = Fold(low ^ ((ulong)(uint)Ports << 8) ^ Protocol, high ^ Seed1);
        return (int)(all ^ (all >> 32));
    }

    private static ulong Fold(ulong one, ulong other) => Math.BigMul(one, other, out ulong low) ^ low;

    /// <summary>Odd, so that no product is nothing for all.</summary>
    private static ulong SeedOf(int number) => ((ulong)(uint)HashCode.Combine(number, 1) << 32)
        | (uint)HashCode.Combine(number, 2) | 1;
}
