using System.Text.Json;
using Aurelian.Events;
using Aurelian.Training.Commands;
using Aurelian.Training.Rollouts;
using Aurelian.TrainingTests.Learning;

namespace Aurelian.TrainingTests.Commands;

public sealed class EvalReportTests
{
    private static readonly string[] Members = ["schema", "job", "arm", "model", "all", "tasks", "episodes"];

    private static EvalReport Report { get; } = EvalReport.Of("rig", "A", "m",
    [
        Played("sort", tests: 1), Played("sort", tests: 0, credits: 2, verdict: VerdictState.Violating),
        Played("uniq", tests: null, verdict: VerdictState.Unknown),
    ]);

    [Fact]
    public void The_object_has_every_member_and_unknown_is_null()
    {
        JsonElement report = JsonDocument.Parse(Report.ToJson()).RootElement;

        Assert.Equal(Members, report.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("all").GetProperty("task").ValueKind);
        JsonElement sort = report.GetProperty("tasks")[0];
        Assert.Equal(("sort", 2, 0.5, 0.5), (sort.GetProperty("task").GetString(),
            sort.GetProperty("episodes").GetInt32(), sort.GetProperty("success").GetDouble(),
            sort.GetProperty("abuse").GetDouble()));
        Assert.Equal("""{"clean":1,"violating":1}""", JsonSerializer.Serialize(sort.GetProperty("verdicts")));
        JsonElement[] episodes = [.. report.GetProperty("episodes").EnumerateArray()];
        Assert.Equal(JsonValueKind.Null, episodes[2].GetProperty("reward").ValueKind);
        Assert.Equal("violating", episodes[1].GetProperty("verdict").GetProperty("state").GetString());
        Assert.Equal(2, episodes[1].GetProperty("credits").GetInt64());
    }

    [Fact]
    public void The_lines_for_people_say_the_same()
    {
        using StringWriter output = new();
        Report.WriteText(output);

        string[] lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal("sort                2 episodes  success 0.50  abuse 0.50  1 clean, 1 violating", lines[0]);
        Assert.StartsWith("all                 3 episodes  success 0.33", lines[^1], StringComparison.Ordinal);
    }

    private static Trajectory Played(
        string task, double? tests, long credits = 0, VerdictState verdict = VerdictState.Clean) =>
        TrainerRig.Recorded(1)[0] with { Task = task, Tests = tests, Credits = credits, Verdict = verdict };
}
