using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Aurelian.Protocols;

namespace Aurelian.Firewall;

/// <summary>One <c>[[allow]]</c> table as a rule. An unknown protocol is a mistake, never a weaker check.</summary>
internal static class RuleReader
{
    private const int ConnectionsMaxDefault = 256;

    private static readonly FrozenDictionary<string, RuleProtocol> Protocols = new Dictionary<string, RuleProtocol>
    {
        ["http"] = RuleProtocol.Http, ["tls"] = RuleProtocol.Tls, ["ssh"] = RuleProtocol.Ssh,
        ["tcp"] = RuleProtocol.Tcp,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null when something is wrong, which the table has then noted.</summary>
    internal static PolicyRule? Read(PolicyTable table)
    {
        string? name = table.Text("name"), cidr = table.Text("cidr"), protocol = table.Text("protocol");
        IReadOnlyList<int>? ports = table.Ports("ports");
        long bytesMax = table.Number("bytes_max", 0, long.MaxValue) ?? long.MaxValue;
        long connectionsMax = table.Number("connections_max", 0, 100_000) ?? ConnectionsMaxDefault;
        long namesMax = table.Number("names_max", 1, 4096) ?? PolicyRule.NamesMaxDefault;
        bool fine = CheckWhere(table, name, cidr, out IPNetwork? network);
        if (ports is null && !table.HasSeen("ports"))
        {
            table.Fail("ports", "is missing");
        }

        if (!Protocols.TryGetValue(protocol ?? "", out RuleProtocol parsed))
        {
            table.FailAt("protocol", "must be one of http, tls, ssh, tcp");
            fine = false;
        }
        else if (cidr is not null && parsed is RuleProtocol.Http or RuleProtocol.Tls)
        {
            table.FailAt("protocol", "http and tls are checked by name; a cidr takes ssh or tcp");
            fine = false;
        }

        return fine && ports is not null
            ? new PolicyRule
            {
                Name = name is null ? null : name.ToLowerInvariant().TrimEnd('.'),
                Network = network, Ports = ports, Protocol = parsed, BytesMax = bytesMax,
                ConnectionsMax = (int)connectionsMax, NamesMax = (int)namesMax,
            }
            : null;
    }

    private static bool CheckWhere(PolicyTable table, string? name, string? cidr, out IPNetwork? network)
    {
        network = null;
        if ((name is null) == (cidr is null))
        {
            table.Fail("name", "exactly one of name and cidr must be given");
            return false;
        }

        if (name is not null)
        {
            bool named = IsRuleName(name);
            if (!named)
            {
                table.FailAt("name", "must be a host name, or *.NAME; never an address, a port or a lone *");
            }

            return named;
        }

        // The framework masks host bits away: what was meant is then anybody's guess.
        if (!IPNetwork.TryParse(cidr, out IPNetwork parsed) || parsed.ToString() != cidr
            || parsed.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            table.FailAt("cidr", "must be an IPv4 network without host bits, such as 203.0.113.0/24");
            return false;
        }

        if (SpecialAddresses.NeverHolds(parsed))
        {
            table.FailAt("cidr", "loopback, link-local, metadata, multicast and our own ranges can never be reached");
            return false;
        }

        network = parsed;
        return true;
    }

    private static bool IsRuleName(string name)
    {
        string host = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        return HostNames.Normalise(host) is { } normal && normal.Contains('.', StringComparison.Ordinal)
            // A last label that begins with a digit reads as an address in one base or another.
            && char.IsAsciiLetter(normal[normal.LastIndexOf('.') + 1]);
    }
}
