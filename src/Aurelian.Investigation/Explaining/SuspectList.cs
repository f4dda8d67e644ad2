using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Explaining;

/// <summary>
/// The answer turned round: not who may have set off an alert, but what a call and an episode are attributed.
/// </summary>
public sealed class SuspectList
{
    private const int CallsMax = 200;

    /// <summary>Calls below this share of an alert are nobody's suspects.</summary>
    private const double AlertsMin = 0.2;

    private SuspectList(IReadOnlyList<Suspect> calls, IReadOnlyList<SuspectEpisode> episodes, double background)
    {
        Calls = calls;
        Episodes = episodes;
        Background = background;
    }

    /// <summary>By expected alerts, falling; at most 200.</summary>
    public IReadOnlyList<Suspect> Calls { get; }

    /// <summary>Every episode that an alert is attributed to, by expected alerts, falling.</summary>
    public IReadOnlyList<SuspectEpisode> Episodes { get; }

    /// <summary>Expected number of alerts that no recorded call caused.</summary>
    public double Background { get; }

    public static SuspectList Of(InvestigationCase @case, InvestigationAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ArgumentNullException.ThrowIfNull(answer);
        Dictionary<int, (double Alerts, double None, int Exact)> calls = [];
        Dictionary<string, (string? Task, double Alerts, double None, int Exact)> episodes = [];
        Dictionary<int, List<CaseAlert>> own = [];
        double background = 0;
        for (int index = 0; index < answer.Alerts.Count; index++)
        {
            if (@case.Alerts[index].DuplicateOf is not null)
            {
                continue;
            }

            AlertAnswer alert = answer.Alerts[index];
            background += alert.Background ?? 0;
            foreach (IGrouping<string, Candidate> each in alert.Candidates.GroupBy(candidate => candidate.Episode))
            {
                double sum = Math.Min(1, each.Sum(candidate => candidate.Probability));
                (string? task, double alerts, double none, int exact) =
                    episodes.GetValueOrDefault(each.Key, (each.First().Task, 0, 1, 0));
                episodes[each.Key] = (task, alerts + sum, none * (1 - sum), exact + (alert.Exact ? 1 : 0));
            }

            foreach (Candidate candidate in alert.Candidates)
            {
                (double alerts, double none, int exact) = calls.GetValueOrDefault(candidate.Call, (0, 1, 0));
                calls[candidate.Call] = (alerts + candidate.Probability, none * (1 - candidate.Probability),
                    exact + (alert.Exact && candidate.Probability > 0.5 ? 1 : 0));
                if (candidate.Probability >= 0.5)
                {
                    if (!own.TryGetValue(candidate.Call, out List<CaseAlert>? given))
                    {
                        own[candidate.Call] = given = [];
                    }

                    given.Add(@case.Alerts[index]);
                }
            }
        }

        KeyValuePair<int, (double Alerts, double None, int Exact)>[] chosen =
        [
            .. calls.Where(each => each.Value.Alerts >= AlertsMin).OrderByDescending(each => each.Value.Alerts)
                .ThenBy(each => @case.Calls[each.Key].Id, StringComparer.Ordinal).Take(CallsMax),
        ];
        var evidence = CommandReading.Read([.. chosen.Select(each => @case.Calls[each.Key].Command ?? "")]);
        CallLoads? loads = @case.Samples.Count == 0 ? null : new CallLoads(@case);
        return new SuspectList(
            [.. chosen.Select((each, at) => new Suspect
            {
                Index = each.Key, Call = @case.Calls[each.Key], Alerts = each.Value.Alerts, Any = 1 - each.Value.None,
                Exact = each.Value.Exact, Evidence = evidence[at],
                Agreements = Agreements.Of(@case.Calls[each.Key].Command, own.GetValueOrDefault(each.Key) ?? []),
                Loads = loads?.Of(@case.Calls[each.Key]) ?? [],
            })],
            [.. episodes.Select(each => new SuspectEpisode
            {
                Episode = each.Key, Task = each.Value.Task, Alerts = each.Value.Alerts, Any = 1 - each.Value.None,
                Exact = each.Value.Exact,
            }).OrderByDescending(each => each.Alerts).ThenBy(each => each.Episode, StringComparer.Ordinal)],
            background);
    }
}
