using System.Net;
using Aurelian.Protocols;

namespace Aurelian.Firewall;

/// <summary>How a connection that a rule allows is checked.</summary>
public enum RuleProtocol
{
    /// <summary>Every request's Host must be the name.</summary>
    Http,
    /// <summary>The SNI must be the name; no SNI or an encrypted hello is denied.</summary>
    Tls,
    /// <summary>By address and port alone: the server speaks first.</summary>
    Ssh,
    /// <summary>By address and port alone: whatever it speaks.</summary>
    Tcp,
}

/// <summary>
/// One thing that may leave a sandbox. Exactly one of <see cref="Name"/> and <see cref="Network"/> is set.
/// </summary>
public sealed record PolicyRule
{
    /// <summary>Labels of a wildcard leak to whoever answers for the domain, so they are counted.</summary>
    public const int NamesMaxDefault = 64;

    /// <summary>A host name, or <c>*.example.org</c>.</summary>
    public string? Name { get; init; }

    public IPNetwork? Network { get; init; }

    public required IReadOnlyList<int> Ports { get; init; }

    public required RuleProtocol Protocol { get; init; }

    /// <summary>Bytes upstream of one sandbox by this rule, all its connections together.</summary>
    public long BytesMax { get; init; } = long.MaxValue;

    /// <summary>Connections of one sandbox at a time.</summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>Different names of one sandbox that a wildcard lets through.</summary>
    public int NamesMax { get; init; } = NamesMaxDefault;

    /// <summary>As in the file, for reasons: <c>tls *.example.org:443</c>.</summary>
    public string Text =>
        $"{Protocol.ToString().ToLowerInvariant()} {Name ?? Network?.ToString()}:{string.Join(',', Ports)}";

    /// <summary>Decided by what the client says first, not by address and port alone.</summary>
    internal bool IsPeeked => Protocol is RuleProtocol.Http or RuleProtocol.Tls;

    internal bool IsWildcard => Name?.StartsWith("*.", StringComparison.Ordinal) ?? false;

    /// <param name="name">The name that the address was issued for; null for an address never issued.</param>
    internal bool Covers(string? name, IPAddress address, int port) => Ports.Contains(port)
        && (Name is { } wanted
            ? name is not null && HostNames.Matches(wanted, name)
            : name is null && SpecialAddresses.Permits(Network!.Value, address));
}
