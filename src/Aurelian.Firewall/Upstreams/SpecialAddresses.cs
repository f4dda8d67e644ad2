using System.Net;
using System.Net.Sockets;

namespace Aurelian.Firewall;

/// <summary>
/// Addresses that lie inside a network, or on the machine, or nowhere (RFC 6890 and the clouds' own).
/// </summary>
public static class SpecialAddresses
{
    /// <summary>No policy can name these: the machine, its links, its metadata service, and our own plan.</summary>
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("224.0.0.0/3"), IPNetwork.Parse("168.63.129.16/32"),
        // IPv4 in IPv6's clothing, and IPv6's own loopback, links and groups.
        IPNetwork.Parse("::/96"), IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("64:ff9b:1::/48"),
        IPNetwork.Parse("::ffff:0:0:0/96"),
        IPNetwork.Parse("2001::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"),
    ];

    /// <summary>Somebody's internal network: reached only by a rule that names it, never by a wider one.</summary>
    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fec0::/10"),
    ];

    /// <summary>A name must not lead there, whoever answers for it.</summary>
    public static bool IsInside(IPAddress address) => IsNever(address) || Holds(Private, Plain(address));

    /// <summary>Nothing leads there.</summary>
    public static bool IsNever(IPAddress address) => Holds(Never, Plain(address));

    /// <summary>Whether a rule for <paramref name="network"/> reaches an address of it.</summary>
    public static bool Permits(IPNetwork network, IPAddress address) => network.Contains(address)
        && !IsNever(address)
        && Array.TrueForAll(Private, inside => !inside.Contains(address) || Within(network, inside));

    /// <summary>Whether the whole of a network is out of reach whatever a policy says.</summary>
    public static bool NeverHolds(IPNetwork network) => Array.Exists(Never, outer => Within(network, outer));

    private static bool Within(IPNetwork network, IPNetwork outer) =>
        network.PrefixLength >= outer.PrefixLength && outer.Contains(network.BaseAddress);

    private static bool Holds(IPNetwork[] networks, IPAddress address) =>
        Array.Exists(networks, network => network.Contains(address));

    private static IPAddress Plain(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6
            ? address.MapToIPv4()
            : address;
}
