using System.Text.Encodings.Web;
using System.Text.Json;
using Aurelian.Events;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Following;

/// <summary>
/// What a trainer is told of every episode of the traces, a line each. Coverage is <c>traces-only</c>: no sensor of
/// ours was there, and clean means that nothing in the traces and no alert speaks against it.
/// </summary>
/// <remarks>
/// Violating takes more than a statistic: an alert joined exactly, a detection rule of severity high, or an attribution
/// of 95 % whose command a rule suspects, too. Suspect: an attribution of 50 %, or a rule of severity medium. Unknown:
/// an attribution of 20 %.
/// </remarks>
public static class CaseVerdicts
{
    private const string Alert = "firewall-alert";
    private const double SureMin = 0.95, LikelyMin = 0.5, PossibleMin = 0.2;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>In the order in which the episodes first stand in the traces.</summary>
    public static IReadOnlyList<EpisodeVerdict> Of(SolvedCase solved)
    {
        ArgumentNullException.ThrowIfNull(solved);
        Dictionary<string, List<CommandEvidence>> evidence = Evidence(solved.Case.Calls);
        Dictionary<string, SuspectEpisode> attributed = solved.Suspects.Episodes.ToDictionary(each => each.Episode);
        bool found = solved.Answer.Conclusion == Conclusion.Found;
        List<EpisodeVerdict> verdicts = [];
        HashSet<string> seen = [];
        foreach (CaseCall call in solved.Case.Calls)
        {
            if (seen.Add(call.Episode))
            {
                attributed.TryGetValue(call.Episode, out SuspectEpisode? suspect);
                verdicts.Add(Judge(call, found ? suspect : null,
                    evidence.GetValueOrDefault(call.Episode) ?? []));
            }
        }

        return verdicts;
    }

    public static void Write(SolvedCase solved, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        foreach (EpisodeVerdict each in Of(solved))
        {
            using (Utf8JsonWriter writer = new(stream, Options))
            {
                writer.WriteStartObject();
                writer.WriteString("episode", each.Verdict.Episode.Value);
                writer.WriteString("state", each.Verdict.State.ToString().ToLowerInvariant());
                writer.WriteBoolean("final", each.Verdict.Final);
                writer.WriteString("coverage", "traces-only");
                writer.WriteStartArray("findings");
                foreach (string finding in each.Verdict.Findings)
                {
                    writer.WriteStringValue(finding);
                }

                writer.WriteEndArray();
                writer.WriteString("policyHash", each.Verdict.PolicyHash);
                writer.WriteString("task", each.Task);
                writer.WriteNumber("alerts", Math.Round(each.Alerts, 4));
                writer.WriteNumber("probability", Math.Round(each.Probability, 4));
                writer.WriteEndObject();
            }

            stream.WriteByte((byte)'\n');
        }
    }

    private static EpisodeVerdict Judge(CaseCall call, SuspectEpisode? suspect, List<CommandEvidence> evidence)
    {
        double any = suspect?.Any ?? 0;
        bool exact = suspect?.Exact > 0;
        Severity gravest = evidence.Count == 0 ? Severity.Info : evidence.Max(each => each.Severity);
        VerdictState state = exact || gravest >= Severity.High || (any >= SureMin && gravest >= Severity.Medium)
                ? VerdictState.Violating
            : any >= LikelyMin || gravest >= Severity.Medium ? VerdictState.Suspect
            : any >= PossibleMin ? VerdictState.Unknown
            : VerdictState.Clean;
        IEnumerable<string> rules = evidence.OrderByDescending(each => each.Severity)
            .ThenBy(each => each.Rule, StringComparer.Ordinal).Select(each => each.Rule);
        return new EpisodeVerdict(
            new Verdict(new EpisodeId(call.Episode), state, Final: true, CoverageState.TracesOnly,
                [.. (exact || any >= PossibleMin ? [Alert] : Array.Empty<string>()).Concat(rules).Distinct()], ""),
            call.Task, suspect?.Alerts ?? 0, any);
    }

    /// <summary>By episode what the rules say of its commands; each text is read once.</summary>
    private static Dictionary<string, List<CommandEvidence>> Evidence(IReadOnlyList<CaseCall> calls)
    {
        Dictionary<string, int> texts = [];
        List<string> commands = [];
        foreach (CaseCall call in calls)
        {
            if (call.Command is { Length: > 0 } command && texts.TryAdd(command, commands.Count))
            {
                commands.Add(command);
            }
        }

        IReadOnlyList<IReadOnlyList<CommandEvidence>> read = CommandReading.Read(commands);
        Dictionary<string, List<CommandEvidence>> episodes = [];
        foreach (CaseCall call in calls)
        {
            if (call.Command is { Length: > 0 } command && read[texts[command]] is { Count: > 0 } evidence)
            {
                if (!episodes.TryGetValue(call.Episode, out List<CommandEvidence>? known))
                {
                    episodes[call.Episode] = known = [];
                }

                known.AddRange(evidence);
            }
        }

        return episodes;
    }
}

/// <param name="Alerts">Expected number of alerts that the episode caused.</param>
/// <param name="Probability">That it caused at least one.</param>
public sealed record EpisodeVerdict(Verdict Verdict, string? Task, double Alerts, double Probability);
