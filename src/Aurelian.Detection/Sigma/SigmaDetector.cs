using System.Collections.Immutable;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Sigma rules over the timeline, all at once: the index finds the few that an event can match at all. One finding a
/// rule and tool call; where no call is known, one a rule and ten minutes.
/// </summary>
/// <remarks>
/// An event in which nothing matches allocates nothing once the buffers have grown. A rule's event in a run is a flow
/// when the gateway saw one, an attempt where only the process's call is known (loopback, other tools' logs).
/// </remarks>
internal sealed class SigmaDetector : IDetector
{
    private const int ToldMax = 65_536;
    private const long AgainNs = 600_000_000_000;
    private const int TextShown = 200;

    private readonly SigmaRules _rules;
    private readonly SigmaProgram.Run _run;
    private readonly EventView _view = new();
    private readonly List<int> _matched = [];
    private readonly Dictionary<int, List<(int Correlation, CorrelationState State)>> _correlations = [];
    private readonly BoundedMap<(int, SandboxId?, EpisodeId?, ToolCallId?), long> _told = new(ToldMax);

    internal SigmaDetector(SigmaRules rules)
    {
        _rules = rules;
        _run = rules.Program.Start();
        foreach (ResolvedCorrelation correlation in rules.Correlations)
        {
            CorrelationState state = new(correlation);
            foreach (int member in correlation.Members.Keys)
            {
                if (!_correlations.TryGetValue(member, out List<(int, CorrelationState)>? states))
                {
                    _correlations[member] = states = [];
                }

                states.Add((correlation.Number, state));
            }
        }
    }

    public string Name => "sigma";

    /// <summary>How often a rule was tried, since the start: what the index did not rule out.</summary>
    internal long Asked => _run.Asked;

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        _view.Remember(occurred);
        if (!Actor.Acted(occurred.Subject))
        {
            return;
        }

        switch (occurred.Fact)
        {
            case Fact.ProcessExecuted executed:
                MatchStart(occurred, executed, findings);
                break;
            case Fact.ToolCallStarted started when occurred.Subject.Run is null:
                foreach (ImmutableArray<string> words in Commands.Read(started.Command))
                {
                    MatchStart(occurred, AsExecuted(words), findings);
                }

                break;
            default:
                if (SourceOf(occurred) is { } source)
                {
                    _view.Look(occurred, source);
                    Match(findings);
                }

                if (occurred.Fact is Fact.FileOpenedForWriting or Fact.ConnectAttempted)
                {
                    _view.Look(occurred, SigmaSource.Audit);
                    Match(findings);
                }

                break;
        }
    }

    private void MatchStart(Event occurred, Fact.ProcessExecuted executed, ICollection<Finding> findings)
    {
        _view.Look(occurred, SigmaSource.ProcessCreation, executed);
        Match(findings);
        _view.Look(occurred, SigmaSource.Audit, executed);
        Match(findings);
    }

    private static SigmaSource? SourceOf(Event occurred)
    {
        bool live = occurred.Subject.Run is not null;
        return occurred.Fact switch
        {
            Fact.FlowOpened or Fact.PacketRefused => SigmaSource.NetworkConnection,
            Fact.ConnectAttempted { Destination.Address: { } address } when !live || IPAddress.IsLoopback(address) =>
                SigmaSource.NetworkConnection,
            Fact.DatagramSent when !live => SigmaSource.NetworkConnection,
            Fact.DnsAsked => SigmaSource.DnsQuery,
            Fact.FileOpenedForWriting => SigmaSource.FileEvent,
            _ => null,
        };
    }

    /// <summary>Of a text nobody knows which file a name led to: the usual place is taken.</summary>
    private static Fact.ProcessExecuted AsExecuted(ImmutableArray<string> words) => new(
        0, words[0].Contains('/', StringComparison.Ordinal) ? words[0] : $"/usr/bin/{words[0]}", words, false, false);

    private void Match(ICollection<Finding> findings)
    {
        _run.Match(_view, _matched);
        if (_matched.Count == 0)
        {
            return;
        }

        foreach (int number in _matched)
        {
            Tell(number, [_view.Event.Seq], findings);
            Correlate(number, number, findings);
        }

        _matched.Clear();
    }

    /// <summary>Correlations name no circle, so this ends.</summary>
    private void Correlate(int member, int source, ICollection<Finding> findings)
    {
        if (!_correlations.TryGetValue(member, out List<(int Correlation, CorrelationState State)>? states))
        {
            return;
        }

        foreach ((int correlation, CorrelationState state) in states)
        {
            if (state.Observe(member, source, _view) is { } evidence)
            {
                Tell(correlation, evidence, findings);
                Correlate(correlation, source, findings);
            }
        }
    }

    private void Tell(int number, ImmutableArray<long> evidence, ICollection<Finding> findings)
    {
        SigmaRule rule = _rules.Rules[number];
        Event occurred = _view.Event;
        Subject subject = occurred.Subject;
        var key = (number, subject.Sandbox, subject.Episode, subject.Call);
        if (rule.Silent || (_told.TryFind(key, out long toldNs)
            && (subject.Call is not null || occurred.MonotonicNs - toldNs < AgainNs)))
        {
            return;
        }

        if (rule.Trust == SigmaTrust.Ours && IsSaid(rule, occurred, findings))
        {
            return;
        }

        _told.Set(key, occurred.MonotonicNs);
        findings.Add(new Finding
        {
            Rule = rule.Name,
            RuleVersion = 1,
            Category = rule.Category,
            Severity = rule.Severity,
            Confidence = rule.Status switch { SigmaStatus.Stable => 0.8, SigmaStatus.Test => 0.6, _ => 0.4 },
            Subject = subject,
            Flow = (occurred.Fact as Fact.FlowOpened)?.Flow ?? (occurred.Fact as Fact.DnsAsked)?.Flow,
            Evidence = evidence,
            Explanation = $"{rule.Title}: {What()}",
            Technique = rule.Technique,
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    /// <summary>A detector has said as much of the very event: where ours can see to it a cause is one finding.
    /// </summary>
    private static bool IsSaid(SigmaRule rule, Event occurred, ICollection<Finding> findings) => findings.Any(each =>
        each.CompletedAtNs == occurred.MonotonicNs && each.Category == rule.Category
        && each.Severity >= rule.Severity && each.Evidence.Contains(occurred.Seq));

    private string What()
    {
        SigmaField field = _view.Source switch
        {
            SigmaSource.ProcessCreation => SigmaField.CommandLine,
            SigmaSource.NetworkConnection when _view.TryText(SigmaField.DestinationHostname, out _) =>
                SigmaField.DestinationHostname,
            SigmaSource.NetworkConnection => SigmaField.DestinationIp,
            SigmaSource.DnsQuery => SigmaField.QueryName,
            SigmaSource.Audit => SigmaField.Record,
            _ => SigmaField.TargetFilename,
        };
        string said = _view.TryText(field, out ReadOnlySpan<char> text)
            ? text.Length > TextShown ? $"{text[..TextShown]}…" : text.ToString() : "";
        return _view is { IsStart: false, Process: { } process }
            ? $"{process.Executable} – {said}" : said;
    }
}
