using System.Collections.Frozen;
using System.Net;

namespace Aurelian.Simulation;

/// <summary>
/// The simulated internet's whole name system. Names are in TLDs reserved for tests and examples (RFC 2606) or for
/// private use.
/// </summary>
public static class SimulatedNames
{
    public const string Pool = "pool.moonshare.example";
    public const string XmrPool = "xmr.moonshare.example";
    public const string Queue = "queue.moonshare.example";
    public const string Relay = "relay.overlook.example";
    public const string Mirror = "mirror.packages.example";
    public const string GitHost = "git.forge.example";
    public const string Intranet = "intranet.corp.test";
    public const string Cache = "cache.corp.test";
    public const string BuildHost = "build.corp.test";
    public const string Metadata = "metadata.google.internal";

    private static readonly FrozenDictionary<string, IPAddress> Addresses = new Dictionary<string, IPAddress>
    {
        [Pool] = SimulatedAddresses.Pool,
        [XmrPool] = SimulatedAddresses.XmrPool,
        [Queue] = SimulatedAddresses.Queue,
        [Relay] = SimulatedAddresses.Relay,
        [Mirror] = SimulatedAddresses.Mirror,
        [GitHost] = SimulatedAddresses.GitHost,
        [Intranet] = SimulatedAddresses.Intranet,
        [Cache] = SimulatedAddresses.Cache,
        [BuildHost] = SimulatedAddresses.BuildHost,
        [Metadata] = SimulatedAddresses.Metadata,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyDictionary<string, IPAddress> All => Addresses;

    /// <summary>The address of a name, in any case, with or without its final dot; null if there is none.</summary>
    public static IPAddress? Resolve(string name) =>
        Addresses.GetValueOrDefault(name.EndsWith('.') ? name[..^1] : name);
}
