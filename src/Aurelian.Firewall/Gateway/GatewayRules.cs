using System.Globalization;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// The gateway's rules. One chain before routing decides for every packet, by interface and source address together:
/// TCP of a live sandbox goes to the proxy whatever its destination, its DNS goes to our resolver, all else is logged
/// and rejected (rejected, not dropped, so that an honest agent does not wait for minutes). So are IP options, source
/// routes among them, which the kernel would drop behind our back.
/// </summary>
/// <remarks>
/// No rule looks at connection state: there is no "established, accept" that would let a flow outlive its permission.
/// </remarks>
internal static class GatewayRules
{
    internal const int LogGroup = 64;
    internal const string Nameserver = "100.127.255.53";

    /// <summary>A gate closes by itself when nobody renews it: the heartbeat's three beats.</summary>
    internal static readonly TimeSpan LiveMax = TimeSpan.FromSeconds(3);

    internal const string Table = "aurelian";

    /// <summary>Interface and source address of each sandbox whose gate is open.</summary>
    internal const string LiveSet = "live";

    /// <summary>Refused packets beyond the log's budget, counted by interface.</summary>
    internal const string UntoldSet = "untold";

    private const string Live = "iifname . ip saddr @live";
    private const string Asking = $"ip daddr {Nameserver} udp dport 53";
    private const string Opening = "tcp flags & (syn | ack) == syn";
    /// <summary>What a kernel says to its own link without being asked.</summary>
    private const string Housekeeping =
        "mld-listener-report, mld2-listener-report, nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert";

    // Budgets of one interface, so that a sandbox that floods us fills nobody's queue but its own.
    private const string MayTell = "iifname limit rate 500/second burst 1000 packets";
    private const string MayAsk = "iifname limit rate 1000/second burst 2000 packets";
    private const string OpensTooFast = "iifname limit rate over 1000/second burst 2000 packets";

    internal static string Ruleset(int proxyPort) => string.Create(CultureInfo.InvariantCulture, $$"""
        add table inet aurelian
        add set inet aurelian live { type ifname . ipv4_addr; flags timeout; }
        add set inet aurelian told { type ifname; flags dynamic; size 65536; }
        add set inet aurelian untold { type ifname; flags dynamic; size 65536; counter; }
        add set inet aurelian asked { type ifname; flags dynamic; size 65536; }
        add set inet aurelian opened { type ifname; flags dynamic; size 65536; }
        add chain inet aurelian answer
        add rule inet aurelian answer meta l4proto tcp reject with tcp reset
        add rule inet aurelian answer reject with icmpx admin-prohibited
        add chain inet aurelian refuse
        add rule inet aurelian refuse update @told { {{MayTell}} } log group {{LogGroup}} goto answer
        add rule inet aurelian refuse update @untold { iifname } goto answer
        add chain inet aurelian arrive { type filter hook prerouting priority mangle; policy drop; }
        add rule inet aurelian arrive iifname "lo" accept
        add rule inet aurelian arrive ip hdrlength > 5 goto refuse
        add rule inet aurelian arrive {{Live}} {{Asking}} update @asked { {{MayAsk}} } accept
        add rule inet aurelian arrive {{Live}} {{Opening}} update @opened { {{OpensTooFast}} } goto refuse
        add rule inet aurelian arrive {{Live}} meta l4proto tcp tproxy ip to 127.0.0.1:{{proxyPort}} mark set 1 accept
        add rule inet aurelian arrive icmpv6 type { {{Housekeeping}} } drop
        add rule inet aurelian arrive iifname "s*" goto refuse
        add chain inet aurelian pass { type filter hook forward priority filter; policy drop; }
        add chain inet aurelian depart { type filter hook output priority filter; policy drop; }
        add rule inet aurelian depart oifname "lo" accept
        add rule inet aurelian depart meta l4proto tcp accept
        add rule inet aurelian depart ip saddr {{Nameserver}} udp sport 53 accept
        add rule inet aurelian depart icmp type destination-unreachable accept
        add rule inet aurelian depart icmpv6 type destination-unreachable accept
        """);

    /// <summary>Packets marked by the rule above are local, whatever their destination.</summary>
    internal static IEnumerable<string> Routes() =>
    [
        "link set lo up",
        $"addr add {Nameserver}/32 dev lo",
        "rule add fwmark 1 lookup 100",
        "route add local 0.0.0.0/0 dev lo table 100",
    ];
}
