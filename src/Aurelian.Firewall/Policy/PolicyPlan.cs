using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aurelian.Protocols;

namespace Aurelian.Firewall;

/// <summary>A validated policy. An empty one allows nothing.</summary>
public sealed record PolicyPlan
{
    public static PolicyPlan Empty { get; } = new();

    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    /// <summary><c>[run] durable</c>: the timeline survives a loss of power too.</summary>
    public bool Durable { get; init; }

    public SandboxSettings Sandbox { get; init; } = new();

    /// <summary><c>[run] rules</c>: folders of Sigma rules, relative to the policy's own.</summary>
    public IReadOnlyList<string> RuleFolders { get; init; } = [];

    /// <summary><c>[run] rules_contain</c>: their findings may be high, and then contain.</summary>
    public bool RulesContain { get; init; }

    /// <summary>
    /// The rule that lets this name and port through; null: denied. Of several, one that needs no peek: listing a host
    /// and port as <c>tcp</c> or <c>ssh</c> is how a client without a server name is let through.
    /// </summary>
    public PolicyRule? Find(string? name, IPAddress address, int port)
    {
        PolicyRule? found = null;
        foreach (PolicyRule rule in Rules)
        {
            if (rule.Covers(name, address, port) && (found is null || (found.IsPeeked && !rule.IsPeeked)))
            {
                found = rule;
            }
        }

        return found;
    }

    /// <summary>Whether any rule names it: then an upstream may be asked about it.</summary>
    public bool AllowsName(string name) =>
        Rules.Any(rule => rule.Name is { } wanted && HostNames.Matches(wanted, name));

    /// <summary>Whether a rule has exactly this name, no wildcard.</summary>
    internal bool Spells(string name) => Rules.Any(rule => rule.Name == name);

    /// <summary>
    /// Addresses that rules allow by themselves, as an event tells them: all, for a detector would hold any other
    /// against whoever calls it.
    /// </summary>
    internal ImmutableArray<string> Networks =>
        [.. Rules.Select(rule => rule.Network?.ToString()).OfType<string>().Distinct()];

    /// <summary>Of what is enforced, whatever the order, comments and spacing: <c>sha256:…</c>.</summary>
    public string ComputeHash()
    {
        IEnumerable<string> rules = Rules
            .Select(rule => Invariant($"{rule.Text} {rule.BytesMax} {rule.ConnectionsMax} {rule.NamesMax}"))
            .Order(StringComparer.Ordinal);
        string sandbox = Invariant(
            $"{Sandbox.Root} {Sandbox.Runtime} {string.Join(':', Sandbox.ReadOnlyPaths)} {Sandbox.Cpus} ")
            + Invariant($"{Sandbox.MemoryBytes} {Sandbox.Processes} {Sandbox.DiskBytes} {Durable} {Sandbox.Recycle}");
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', rules.Append(sandbox)));
        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(text))}";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
