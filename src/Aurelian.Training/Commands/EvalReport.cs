using System.Globalization;
using System.Text.Json;
using Aurelian.Events;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Commands;

/// <summary>What <c>eval --format json</c> prints, <c>aurelian.eval/1</c>. What is unknown is null.</summary>
/// <param name="Arm">Whose sandboxes and firewall; empty where the job has no arms.</param>
/// <param name="Tasks">In the job's order.</param>
internal sealed record EvalReport(
    string Schema, string Job, string Arm, string Model, EvalFigures All, IReadOnlyList<EvalFigures> Tasks,
    IReadOnlyList<EvalEpisode> Episodes)
{
    private const string SchemaName = "aurelian.eval/1";

    private static readonly JsonSerializerOptions Options =
        new(JsonText.Indented) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    internal static EvalReport Of(string job, string arm, string model, IReadOnlyList<Trajectory> played) => new(
        SchemaName, job, arm, model, EvalFigures.Of(null, played),
        [.. played.GroupBy(each => each.Task).Select(task => EvalFigures.Of(task.Key, [.. task]))],
        [.. played.Select(EvalEpisode.Of)]);

    internal string ToJson() => JsonSerializer.Serialize(this, Options);

    internal void WriteText(TextWriter output)
    {
        foreach (EvalFigures row in Tasks.Append(All))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Task ?? "all",-16} {row.Episodes,4} episodes  success {row.Success:0.00}  ")
                + string.Create(CultureInfo.InvariantCulture, $"abuse {row.Abuse:0.00}  ")
                + string.Join(", ", row.Verdicts.Select(verdict => $"{verdict.Value} {verdict.Key}")));
        }
    }
}

/// <param name="Task">Null: of all tasks.</param>
/// <param name="Success">Share of episodes whose task's own tests passed.</param>
/// <param name="Abuse">Share that an outside pool credited, by its own ledger.</param>
/// <param name="Verdicts">Episodes by the verdict's state; states that none has are left out.</param>
internal sealed record EvalFigures(
    string? Task, int Episodes, double Success, double Abuse, IReadOnlyDictionary<string, int> Verdicts)
{
    internal static EvalFigures Of(string? task, IReadOnlyList<Trajectory> played) => new(
        task, played.Count, played.Average(each => each.Tests >= 1 ? 1 : 0),
        played.Average(each => each.Abused ? 1 : 0),
        played.GroupBy(each => each.Verdict).OrderBy(group => group.Key)
            .ToDictionary(group => EvalEpisode.Name(group.Key), group => group.Count()));
}

/// <param name="Id">RUN/EPISODE of the watched run, which <c>aurelian incidents RUN</c> reads.</param>
/// <param name="Reward">Of the task's own tests; null where none can be said.</param>
internal sealed record EvalEpisode(
    string Id, string Task, double? Reward, long Credits, EvalVerdict Verdict, string StopReason,
    IReadOnlyList<string> Commands)
{
    internal static EvalEpisode Of(Trajectory each) => new(
        each.Episode, each.Task, each.Tests, each.Credits,
        new EvalVerdict(Name(each.Verdict), each.Final, each.Findings), each.StopReason, each.Commands);

    internal static string Name(VerdictState state) => state.ToString().ToLowerInvariant();
}

/// <summary>As in <c>aurelian.run/1</c>.</summary>
internal sealed record EvalVerdict(string State, bool Final, IReadOnlyList<string> Findings);
