using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Joins;
using Aurelian.Investigation.Sampling;

namespace Aurelian.Investigation.Answer;

/// <summary>Each alert's likely calls, from the joins and the sampler.</summary>
internal sealed class AlertAnswers(CaseFrame frame, JoinedFlows joined, CaseAnalysis? analysis)
{
    private const int CandidatesMax = 10;

    /// <summary>
    /// A joined alert's single running call is its cause unless another of the sandbox has this chance.
    /// </summary>
    private const double OthersMin = 0.05;

    private readonly Dictionary<int, JoinedAlert> _byOriginal = joined.Alerts
        .Where(j => frame.Case.Alerts[j.Key].DuplicateOf is not null)
        .GroupBy(j => frame.Case.Alerts[j.Key].DuplicateOf!.Value)
        .ToDictionary(g => g.Key, g => g.OrderBy(j => j.Key).First().Value);

    public IReadOnlyList<AlertAnswer> Of()
    {
        IReadOnlyList<CaseAlert> alerts = frame.Case.Alerts;
        Dictionary<int, int> distinct = frame.AlertOrder.Index().ToDictionary(a => a.Item, a => a.Index);
        AlertAnswer[] answers = new AlertAnswer[alerts.Count];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < answers.Length; i++)
            {
                int? original = alerts[i].DuplicateOf;
                if (pass == 0 && original is null)
                {
                    answers[i] = One(i, distinct[i]);
                }
                else if (pass == 1 && original is { } of)
                {
                    answers[i] = answers[of] with { Source = alerts[i].Source, Line = alerts[i].Line,
                        Time = alerts[i].Time };
                }
            }
        }

        return answers;
    }

    private AlertAnswer One(int alert, int index)
    {
        CaseAlert line = frame.Case.Alerts[alert];
        AlertAnswer blank = new() { Source = line.Source, Line = line.Line, Time = line.Time };
        if (Joined(alert) is { } exact)
        {
            return WithCandidates(blank with { Exact = true }, Exactly(exact, index), 0);
        }

        if (analysis?.Attribution is not { } attribution)
        {
            return blank;
        }

        double belief = analysis.Belief;
        return WithCandidates(blank, attribution.Shares[index].Select(s => (s.Key, belief * s.Value)),
            1 - (belief * (1 - attribution.Background[index])));
    }

    // A line that repeats an alert may be the one that joins.
    private JoinedAlert? Joined(int alert)
    {
        if (joined.Alerts.TryGetValue(alert, out JoinedAlert? found))
        {
            return found;
        }

        return _byOriginal.GetValueOrDefault(alert);
    }

    private IEnumerable<(int Call, double Probability)> Exactly(JoinedAlert exact, int index)
    {
        Dictionary<int, double> shares = [];
        if (analysis?.Attribution is { } attribution)
        {
            foreach ((int call, double share) in attribution.Shares[index].Where(s => exact.Calls.Contains(s.Key)))
            {
                shares[call] = share;
            }
        }

        int[] running = [.. exact.Calls.Where(c => frame.Start[c] <= exact.Time && exact.Time <= frame.End[c])];
        double sum = shares.Values.Sum();
        if (running.Length == 1 && !shares.Any(s => s.Key != running[0] && s.Value >= OthersMin))
        {
            return [(running[0], 1)];
        }

        if (sum >= OthersMin)
        {
            return shares.Select(s => (s.Key, s.Value / sum));
        }

        // Nothing tells them apart: those that run, else the last one that had begun.
        int[] likely = running.Length > 0 ? running : [exact.Calls.MaxBy(c => frame.Start[c])];
        return likely.Select(c => (c, 1.0 / likely.Length));
    }

    private AlertAnswer WithCandidates(
        AlertAnswer blank, IEnumerable<(int Call, double Probability)> shares, double background)
    {
        Candidate[] all = [.. shares.Where(s => s.Probability > 1e-6).Select(s => new Candidate
        {
            Call = frame.Order[s.Call], ToolCall = frame.CallAt(s.Call).Id, Episode = frame.CallAt(s.Call).Episode,
            Task = frame.CallAt(s.Call).Task, Probability = s.Probability,
        }).OrderByDescending(c => c.Probability).ThenBy(c => c.ToolCall, StringComparer.Ordinal)];
        Candidate[] first = [.. all.Take(CandidatesMax)];
        double named = first.Sum(c => c.Probability);
        return blank with
        {
            Candidates = first, Background = Math.Min(background, Math.Max(0, 1 - named)),
            Rest = Math.Max(0, 1 - named - Math.Min(background, Math.Max(0, 1 - named))),
        };
    }
}
