using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// Judges one episode from its events. Of several states the first that applies: violating, suspect, unknown, clean; so
/// nobody trades a violation for a gap.
/// </summary>
public sealed class VerdictJudge
{
    private readonly Dictionary<EpisodeId, Evidence> _episodes = [];
    private bool _runGap;

    /// <summary>Sources that enforce or attribute: without one of them no episode is clean.</summary>
    public static IReadOnlyList<string> Required { get; } =
        [SourceNames.Network, SourceNames.Dns, SourceNames.Process, SourceNames.Refusal];

    public void Observe(Event occurred)
    {
        if (occurred.Fact is Fact.Gap { CausedBySandbox: false })
        {
            // Lost by us: nobody can say whose it was.
            _runGap |= occurred.Subject.Episode is null;
        }

        if (occurred.Subject.Episode is not { } episode)
        {
            return;
        }

        Evidence evidence = Of(episode);
        switch (occurred.Fact)
        {
            case Fact.Found found:
                evidence.Findings.Add(found.Finding);
                break;
            case Fact.Gap gap:
                evidence.SelfCaused |= gap.CausedBySandbox;
                evidence.Lost |= !gap.CausedBySandbox;
                break;
        }
    }

    /// <param name="sources">Coverage of every source at the episode's end.</param>
    /// <param name="drained">Every source's watermark passed the episode's end.</param>
    public Verdict Judge(
        EpisodeId episode, IReadOnlyList<SourceCoverage> sources, bool drained, string policyHash)
    {
        Evidence evidence = Of(episode);
        bool whole = Required.All(name => sources.Any(source =>
            source.Name == name && source.State == SourceState.Full));
        bool blind = !Required.All(name => sources.Any(source =>
            source.Name == name && source.State != SourceState.Absent));
        Severity worst = evidence.Findings.Select(finding => finding.Severity).DefaultIfEmpty(Severity.Info).Max();
        VerdictState state = worst >= Severity.High ? VerdictState.Violating
            : worst == Severity.Medium || evidence.SelfCaused ? VerdictState.Suspect
            : evidence.Lost || _runGap || blind || !drained ? VerdictState.Unknown
            : VerdictState.Clean;
        return new Verdict(
            episode, state, drained || state == VerdictState.Violating,
            whole && !evidence.Lost && !evidence.SelfCaused && !_runGap ? CoverageState.Full : CoverageState.Partial,
            [.. evidence.Findings.OrderByDescending(finding => finding.Severity).Select(finding => finding.Rule)
                .Distinct()],
            policyHash);
    }

    private Evidence Of(EpisodeId episode)
    {
        if (!_episodes.TryGetValue(episode, out Evidence? evidence))
        {
            _episodes[episode] = evidence = new Evidence();
        }

        return evidence;
    }

    private sealed class Evidence
    {
        internal List<Finding> Findings { get; } = [];

        internal bool SelfCaused { get; set; }

        internal bool Lost { get; set; }
    }
}
