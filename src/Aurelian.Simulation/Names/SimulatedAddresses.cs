using System.Net;

namespace Aurelian.Simulation;

/// <summary>
/// The addresses of the simulated internet: ranges reserved for documentation (RFC 5737), one private range that stands
/// for an internal network, and the metadata address. None of them is routed anywhere real.
/// </summary>
public static class SimulatedAddresses
{
    /// <summary>Made local to the namespace as a whole, so that a closed port refuses instead of hanging.</summary>
    public static IReadOnlyList<IPNetwork> Ranges { get; } =
    [
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("10.77.0.0/16"),
        IPNetwork.Parse("169.254.169.254/32"),
    ];

    public static IPAddress Pool { get; } = new([203, 0, 113, 10]);

    public static IPAddress XmrPool { get; } = new([203, 0, 113, 11]);

    public static IPAddress Queue { get; } = new([203, 0, 113, 12]);

    public static IPAddress Relay { get; } = new([198, 51, 100, 22]);

    public static IPAddress Mirror { get; } = new([192, 0, 2, 80]);

    public static IPAddress GitHost { get; } = new([192, 0, 2, 81]);

    public static IPAddress Intranet { get; } = new([10, 77, 0, 10]);

    public static IPAddress Cache { get; } = new([10, 77, 0, 20]);

    public static IPAddress BuildHost { get; } = new([10, 77, 0, 30]);

    public static IPAddress Metadata { get; } = new([169, 254, 169, 254]);

    /// <summary>
    /// Lines of <c>ip -batch</c> that bring loopback up and make the ranges local to the namespace (Linux "AnyIP"):
    /// every address of them can be listened on and answers, and there is no route anywhere else.
    /// </summary>
    internal static IEnumerable<string> SetUp() =>
        Ranges.Select(range => $"route replace local {range} dev lo").Prepend("link set lo up");

    /// <summary>Whether the simulated internet answers for this address at all.</summary>
    public static bool Contains(IPAddress address) => Ranges.Any(range => range.Contains(address));
}
