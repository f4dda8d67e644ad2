using System.Collections.Immutable;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Probing the internal network: 12 distinct internal (address, port) in 15 s, or 32 in an episode, by any protocol and
/// whether or not anything answered. Other tools' thresholds (100 ports an hour, without python) miss a scan written in
/// Python; inside a sandbox any internal address is already wrong.
/// </summary>
internal sealed class ProbingDetector : IDetector
{
    internal const int WindowPairsMin = 12;
    internal const int EpisodePairsMin = 32;
    private const long WindowNs = 15_000_000_000;
    private const int SandboxesMax = 4096;
    private const long BytesMax = 32L << 20;
    private const int EvidenceMax = 64;

    private static readonly Endpoint Nameserver = new(IPAddress.Parse("100.127.255.53"), 53);

    private readonly BoundedMap<SandboxId, State> _sandboxes = new(SandboxesMax, BytesMax, state => state.Weight);

    public string Name => "probing-internal";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        // What has no call was not done by an agent: canaries, for one.
        if (occurred.Subject is not { Sandbox: { } sandbox, Call: { } })
        {
            return;
        }

        switch (occurred.Fact)
        {
            case Fact.DnsAsked { Answer: { } answer } when IPAddress.TryParse(answer, out IPAddress? issued):
                State asking = Of(sandbox);
                asking.Issued.Set(issued, true);
                _sandboxes.Set(sandbox, asking);
                break;
            case Fact.ProcessExecuted executed:
                KeyScan(occurred, executed, findings);
                break;
            default:
                if (Approached.TryRead(occurred.Fact, out Endpoint destination, out FlowId? flow)
                    && destination.Address is not null && destination != Nameserver
                    && InternalNetwork.Contains(destination.Address))
                {
                    Count(Of(sandbox), occurred, destination, flow, findings);
                }

                break;
        }
    }

    private State Of(SandboxId sandbox)
    {
        State? state = _sandboxes.Find(sandbox);
        if (state is null)
        {
            state = new State();
            _sandboxes.Set(sandbox, state);
        }

        return state;
    }

    private static void Count(
        State state, Event occurred, Endpoint destination, FlowId? flow, ICollection<Finding> findings)
    {
        if (state.Found || state.Issued.Contains(destination.Address) || !state.TryAdd(destination, occurred))
        {
            return;
        }

        int recent = state.CountSince(occurred.MonotonicNs - WindowNs);
        if (recent < WindowPairsMin && state.Pairs < EpisodePairsMin)
        {
            return;
        }

        state.Found = true;
        findings.Add(Find(occurred, flow, state.Evidence(EvidenceMax), recent >= WindowPairsMin
            ? $"tried {recent} internal addresses and ports within 15 s, the last {destination}"
            : $"tried {state.Pairs} internal addresses and ports, the last {destination}"));
    }

    private void KeyScan(Event occurred, Fact.ProcessExecuted executed, ICollection<Finding> findings)
    {
        bool scanner = executed.Executable.EndsWith("/ssh-keyscan", StringComparison.Ordinal)
            || (executed.Arguments.Length > 0 && SshCommandLine.BaseName(executed.Arguments[0]) == "ssh-keyscan");
        State state = Of(occurred.Subject.Sandbox!.Value);
        string? target = !scanner || state.Found ? null : executed.Arguments.Skip(1).FirstOrDefault(argument =>
            argument.Split(',').Any(each => IPAddress.TryParse(each.Split('/')[0], out IPAddress? address)
                && InternalNetwork.Contains(address)));
        if (target is not null)
        {
            state.Found = true;
            findings.Add(Find(occurred, null, [occurred.Seq],
                $"collected SSH host keys of the internal network ({target})"));
        }
    }

    private static Finding Find(Event occurred, FlowId? flow, ImmutableArray<long> evidence, string explanation) =>
        new()
    {
        Rule = "probing-internal",
        RuleVersion = 1,
        Category = Category.Probing,
        Severity = Severity.High,
        Confidence = 0.95,
        Subject = occurred.Subject,
        Flow = flow,
        Evidence = evidence,
        Explanation = explanation,
        Technique = "T1046",
        CompletedAtNs = occurred.MonotonicNs,
    };

    private sealed class State
    {
        /// <summary>Never more than make a finding, after which none is added.</summary>
        private readonly HashSet<Endpoint> _pairs = [];

        private readonly Queue<(long Ns, long Seq)> _order = new();

        internal BoundedMap<IPAddress, bool> Issued { get; } = new(8192);

        /// <summary>In bytes: it grows with the addresses that were issued.</summary>
        internal long Weight => 512 + (200L * Issued.Count);

        internal bool Found { get; set; }

        internal int Pairs => _pairs.Count;

        /// <summary>False for a pair that was tried before: counted once, by whatever was seen of it first.</summary>
        internal bool TryAdd(Endpoint destination, Event occurred)
        {
            if (!_pairs.Add(destination))
            {
                return false;
            }

            _order.Enqueue((occurred.MonotonicNs, occurred.Seq));
            return true;
        }

        internal int CountSince(long ns) => _order.Count(entry => entry.Ns >= ns);

        internal ImmutableArray<long> Evidence(int max) => [.. _order.TakeLast(max).Select(entry => entry.Seq)];
    }
}
