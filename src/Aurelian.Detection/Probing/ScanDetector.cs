using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Port and host scans: many ports of one host, one port of many hosts, and packets whose flags no honest stack sends.
/// </summary>
/// <remarks>
/// In other tools' files only attempts that failed count, as Zeek does it: an honest host speaks with many. A sandbox's
/// attempts count whatever became of them, for the gateway answers; its internal targets are the probing
/// detector's. One port of many hosts outside, live: only where the hosts are neighbours (medium) and the port no
/// peer-to-peer network's, whose nodes try as many.
/// </remarks>
internal sealed class ScanDetector(ScanOptions options) : IDetector
{
    private const int ActorsMax = 1024;
    private const long BytesMax = 48L << 20;
    private const int EvidenceMax = 64;
    private const int FtpPort = 21, LastSystemPort = 1023;

    /// <summary>Bitcoin and its kin, Ethereum, Monero, BitTorrent.</summary>
    private static readonly int[] PeerPorts = [8333, 18333, 9333, 30303, 18080, 6881, 51413];

    private static readonly IPNetwork IssuedNames = IPNetwork.Parse("198.18.0.0/15");

    private readonly BoundedMap<Actor, State> _actors = new(ActorsMax, BytesMax, state => state.Weight);

    public string Name => "probing-scan";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        (Endpoint source, Endpoint target, bool failed) = occurred.Fact switch
        {
            Fact.ProbeSeen probe => (probe.Source, probe.Destination, true),
            Fact.PacketRefused { Transport: Transport.Tcp or Transport.Udp } refused
                when occurred.Subject.Run is null => (refused.Source, refused.Destination, true),
            Fact.ConnectAttempted { Transport: Transport.Tcp } connect => (default, connect.Destination, false),
            Fact.DatagramSent { Transport: Transport.Udp } datagram => (default, datagram.Destination, false),
            _ => default((Endpoint, Endpoint, bool)),
        };
        if (target.Address is null || target.Port == 0 || IPAddress.IsLoopback(target.Address)
            || !Actor.TryRead(occurred.Subject, source.Address, out Actor actor)
            || (occurred.Subject.Run is not null && IsForProbing(target.Address)))
        {
            return;
        }

        State state = _actors.Find(actor) ?? new State(options);
        _actors.Set(actor, state);
        if (state.OddTargets < options.OddFlagsMin && IsOdd(occurred.Fact)
            && state.Odd.TryAdd(target, occurred.MonotonicNs, occurred.Seq, Evictions.Owner)
            && ++state.OddTargets == options.OddFlagsMin)
        {
            findings.Add(Find(occurred, Severity.High, state.Odd,
                $"sent packets that no honest stack sends to {options.OddFlagsMin} ports ({target.Address})"));
        }

        if (!state.PortsFound || !state.HostsFound)
        {
            Count(state, occurred, target, failed, findings);
        }
    }

    private static bool IsForProbing(IPAddress address) =>
        InternalNetwork.Contains(address) && !IssuedNames.Contains(address);

    /// <summary>FIN, NULL, XMAS: a real conversation's packets carry SYN, ACK or RST.</summary>
    private static bool IsOdd(Fact fact) => fact is Fact.ProbeSeen { Transport: Transport.Tcp } probe
        && probe.Flags.AsSpan().IndexOfAny('S', 'A', 'R') < 0;

    private void Count(
        State state, Event occurred, Endpoint target, bool failed, ICollection<Finding> findings)
    {
        // FTP opens a new port for every file.
        if (target.Port > LastSystemPort && state.Slow.Contains(target with { Port = FtpPort }))
        {
            return;
        }

        // A scan that was found hides nothing by going on.
        int holder = state.PortsFound || state.HostsFound ? 0 : Evictions.Owner;
        state.Recent.TryAdd(target, occurred.MonotonicNs, occurred.Seq, holder);
        if (!state.Slow.TryAdd(target, occurred.MonotonicNs, occurred.Seq, holder))
        {
            return;
        }

        int ports = state.Recent.PortsOf(target.Address), slowPorts = state.Slow.PortsOf(target.Address);
        int hosts = state.Recent.HostsOf(target.Port), slowHosts = state.Slow.HostsOf(target.Port);
        if (!state.PortsFound && (ports >= options.PortsMin || slowPorts >= options.SlowPortsMin))
        {
            state.PortsFound = true;
            findings.Add(Find(occurred, Severity.High, state.Slow,
                $"tried {Math.Max(ports, slowPorts)} ports of {target.Address}"));
        }

        int neighbours = failed || IssuedNames.Contains(target.Address) || PeerPorts.Contains(target.Port)
            ? 0 : state.Slow.NeighboursOf(target);
        if (!failed && !state.HostsFound && neighbours >= options.NeighboursMin)
        {
            state.HostsFound = true;
            findings.Add(Find(occurred, Severity.Medium, state.Slow,
                $"tried port {target.Port} of {neighbours} hosts beside each other"));
        }

        if (failed && !state.HostsFound && (hosts >= options.HostsMin || slowHosts >= options.SlowHostsMin))
        {
            state.HostsFound = true;
            // Outside, a node that looks for its peers does the same.
            findings.Add(Find(
                occurred, InternalNetwork.Contains(target.Address) ? Severity.High : Severity.Medium, state.Slow,
                $"tried port {target.Port} of {Math.Max(hosts, slowHosts)} hosts in vain"));
        }
    }

    private static Finding Find(Event occurred, Severity severity, TriedTargets targets, string explanation) => new()
    {
        Rule = "probing-scan",
        RuleVersion = 1,
        Category = Category.Probing,
        Severity = severity,
        Confidence = severity == Severity.High ? 0.95 : 0.6,
        Subject = occurred.Subject,
        Evidence = targets.Evidence(EvidenceMax),
        Explanation = explanation,
        Technique = "T1046",
        CompletedAtNs = occurred.MonotonicNs,
    };

    private sealed class State(ScanOptions options)
    {
        internal TriedTargets Recent { get; } = new(options.Window, 384);

        internal TriedTargets Slow { get; } = new(options.SlowWindow, 512);

        internal TriedTargets Odd { get; } = new(options.SlowWindow, 16);

        internal long Weight => Recent.Weight + Slow.Weight + Odd.Weight;

        internal int OddTargets { get; set; }

        internal bool PortsFound { get; set; }

        internal bool HostsFound { get; set; }
    }
}
