namespace Aurelian.Readers;

/// <summary>Both ends of a conversation, the same for both directions.</summary>
internal readonly record struct FlowKey(UInt128 LowAddress, UInt128 HighAddress, int Ports, byte Protocol)
{
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

    /// <summary>Seeded afresh in every process: a capture cannot be made to collide.</summary>
    public override int GetHashCode() => HashCode.Combine(LowAddress, HighAddress, Ports, Protocol);
}
