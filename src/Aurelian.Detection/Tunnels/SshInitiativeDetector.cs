using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Reverse forwarding inside an SSH session, by who speaks first: again and again the server breaks a silence and the
/// client answers at once with more than flow control, as a service behind it does (medium).
/// </summary>
/// <remarks>
/// A person or a script at the client breaks the silences itself; output that comes late is not answered. Not
/// separable: forwarded X11 and agents, which are ways in, too. Does not cover: a tunnel that nobody used yet.
/// </remarks>
internal sealed class SshInitiativeDetector(SshInitiativeOptions options) : IDetector
{
    private const int FlowsMax = 16_384;

    private readonly BoundedMap<FlowId, State> _flows = new(FlowsMax);

    public string Name => "tunnel-ssh-initiative";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (occurred.Fact is Fact.FlowClosed closed)
        {
            _flows.Remove(closed.Flow);
        }

        if (occurred.Fact is not Fact.FlowMeasured { Protocol: ProtocolNames.Ssh } measured
            || !Actor.Acted(occurred.Subject))
        {
            return;
        }

        State? state = _flows.Find(measured.Flow);
        if (state is null)
        {
            state = new State { FirstSeq = occurred.Seq };
            _flows.Set(measured.Flow, state);
        }

        state.Back += measured.Initiative.Back;
        state.Answered += measured.Initiative.BackAnswered;
        if (state.Found || state.Answered < options.AnsweredMin
            || state.Answered < state.Back * options.AnsweredShareMin)
        {
            return;
        }

        state.Found = true;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Tunnel,
            Severity = Severity.Medium,
            Confidence = 0.7,
            Subject = occurred.Subject,
            Flow = measured.Flow,
            Evidence = [state.FirstSeq, occurred.Seq],
            Explanation = $"SSH in which the server spoke first {state.Back} times and was answered {state.Answered} "
                + "times, as a service is that is reached from outside",
            Technique = "T1572",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private sealed class State
    {
        internal long FirstSeq { get; init; }

        internal int Back { get; set; }

        internal int Answered { get; set; }

        internal bool Found { get; set; }
    }
}

/// <remarks>Our own judgement, on sessions of stock OpenSSH.</remarks>
internal sealed record SshInitiativeOptions
{
    /// <summary>Visits through the tunnel.</summary>
    internal int AnsweredMin { get; init; } = 3;

    /// <summary>Of all silences that the server broke.</summary>
    internal double AnsweredShareMin { get; init; } = 0.5;
}
