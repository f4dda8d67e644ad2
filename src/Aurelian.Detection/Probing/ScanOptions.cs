namespace Aurelian.Detection;

/// <remarks>
/// Ports and hosts within five minutes: Zeek's <c>policy/misc/scan</c>. Within an hour: what endpoint sensors use
/// (FACTS §3). Flags: Snort and Suricata alert at the first such packet; three rule out a broken one.
/// </remarks>
internal sealed record ScanOptions
{
    internal int PortsMin { get; init; } = 15;

    internal int HostsMin { get; init; } = 25;

    /// <summary>Live, of one network of 256: a list of mirrors or peers has no such run.</summary>
    internal int NeighboursMin { get; init; } = 25;

    internal TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    internal int SlowPortsMin { get; init; } = 100;

    internal int SlowHostsMin { get; init; } = 250;

    internal TimeSpan SlowWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Distinct targets of packets that no stack sends: neither SYN nor ACK nor RST.</summary>
    internal int OddFlagsMin { get; init; } = 3;
}
