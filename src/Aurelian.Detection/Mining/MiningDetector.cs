using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Mining in the clear, on any port. A pool's own methods or a wallet-shaped login complete the rule alone; words that
/// ordinary JSON-RPC uses too need an answer that only a pool gives. Stratum v2 is encrypted from its second message
/// on: known by the lengths of its handshake (medium).
/// </summary>
/// <remarks>
/// Source: 3,626 real mining conversations (FACTS §3 of the design): ports cover 57 % of them, request methods with
/// their replies all that are in the clear. Does not cover: mining inside TLS, seen by shape; node-to-node traffic is
/// not mining.
/// </remarks>
internal sealed class MiningDetector : IDetector
{
    private const string Rule = "mining-stratum";
    private const int FlowsMax = 65_536;

    private readonly BoundedMap<FlowId, State> _flows = new(FlowsMax);

    public string Name => Rule;

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (occurred.Fact is Fact.ProtocolSeen { Protocol: ProtocolNames.Stratum2 } second)
        {
            findings.Add(Find(occurred, second, new State(), Severity.Medium, "opened a connection as Stratum v2 does")
                with { Rule = "mining-stratum2", Confidence = 0.7 });
        }

        if (occurred.Fact is not Fact.ProtocolSeen { Protocol: ProtocolNames.Stratum } seen)
        {
            return;
        }

        State state = _flows.Find(seen.Flow) ?? new State();
        _flows.Set(seen.Flow, state);
        bool decisive = seen.Method is { } method && IsPoolsOwn(method);
        bool wallet = seen.Traits.Contains(ProtocolTraits.WalletLogin);
        bool answered = seen is { Direction: FlowDirection.Server, Method: "job" } && state.AmbiguousSeq is not null;
        if ((decisive || wallet || answered) && !state.High)
        {
            state.High = true;
            findings.Add(Find(occurred, seen, state, Severity.High, wallet
                ? $"logged in to a mining pool with a wallet address ({seen.Method})"
                : decisive ? $"spoke to a mining pool ({seen.Method})"
                : "asked for work and was given a mining job"));
        }
        else if (seen is { Direction: FlowDirection.Client, Method: not null } && state is { High: false,
            AmbiguousSeq: null })
        {
            state.AmbiguousSeq = occurred.Seq;
            findings.Add(Find(
                occurred, seen, state, Severity.Low, $"used a word that miners use, and others too ({seen.Method})"));
        }
    }

    private static bool IsPoolsOwn(string method) => method.StartsWith("mining.", StringComparison.Ordinal)
        || method.StartsWith("eth_submit", StringComparison.Ordinal);

    private static Finding Find(
        Event occurred, Fact.ProtocolSeen seen, State state, Severity severity, string explanation) => new()
    {
        Rule = severity == Severity.High ? Rule : "mining-words",
        RuleVersion = 1,
        Category = Category.Mining,
        Severity = severity,
        Confidence = severity == Severity.High ? 0.99 : 0.2,
        Subject = occurred.Subject,
        Flow = seen.Flow,
        Evidence = state.AmbiguousSeq is { } before && before != occurred.Seq ? [before, occurred.Seq] : [occurred.Seq],
        Explanation = explanation,
        Technique = "T1496",
        CompletedAtNs = occurred.MonotonicNs,
    };

    private sealed class State
    {
        internal bool High { get; set; }

        internal long? AmbiguousSeq { get; set; }
    }
}
