using System.Text.Json;
using Aurelian.Events;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Training;

/// <summary>What a whole training run leaves, and what can be done with it.</summary>
[Collection(nameof(UndisturbedRun))]
public sealed class TrainingRunTests(UndisturbedRun undisturbed)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Tainted => $"r/{TrainingFolder.Last}-1";

    [Fact]
    public async Task A_shift_of_behaviour_stands_on_the_watched_timeline_and_people_are_shown_it()
    {
        using (TimelineReader timeline = TimelineReader.Open(
            Path.Combine(undisturbed.Folder.Watched, "timeline.db")))
        {
            Fact.BehaviourDrifted drift = Assert.Single(timeline.Read().Select(each => each.Fact)
                .OfType<Fact.BehaviourDrifted>(), each => each is { Step: 6, Quantity: "denied" });
            Assert.Equal((40.0, 0.0), (drift.Value, drift.Mean));
        }

        (_, string incidents, _) = await TrainingFolder.DoAsync("incidents", undisturbed.Folder.Watched);
        (int code, string report, _) = await TrainingFolder.DoAsync("report", undisturbed.Folder.Watched);

        Assert.Contains("step 6: denied is 40 after 0", incidents, StringComparison.Ordinal);
        Assert.Equal(0, code);
        string page = await File.ReadAllTextAsync(report.Trim(), Token);
        Assert.Contains("<li>step 6: denied is 40 after 0", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_of_a_memoised_run_goes_on_without_the_episodes_that_a_late_verdict_tainted()
    {
        using TrainingFolder folder = new();
        (int code, _, string error) = await TrainingFolder.DoAsync(["train", .. folder.FromTheStart]);
        Assert.True(code == 0, error);
        string ledger = Path.Combine(folder.Arm, "taint.jsonl");
        await File.AppendAllTextAsync(ledger, $$"""{"late":"{{Tainted}}","state":"violating"}{{'\n'}}""", Token);

        (code, string output, error) = await TrainingFolder.DoAsync(
            "train", "--rollback-to-clean", folder.Run, "--runs", folder.Runs);

        Assert.True(code == 0, error);
        Assert.Contains("update 12 is the first tainted one; going on after step 10", output, StringComparison.Ordinal);
        Assert.Contains("resumed after step 10\n", output, StringComparison.Ordinal);
        JsonElement[] after = [.. File.ReadLines(ledger).Select(line => JsonDocument.Parse(line).RootElement)
            .SkipWhile(line => !line.TryGetProperty("late", out _))];
        Assert.Contains(after, line => line.TryGetProperty("update", out JsonElement done) && done.GetInt32() == 11);
        Assert.DoesNotContain(after, line => line.TryGetProperty("episodes", out JsonElement fed)
            && fed.EnumerateArray().Any(each => each.GetString() == Tainted));
        Assert.NotEqual(undisturbed.Folder.Weights, folder.Weights);
        // Nothing was run: a memoised run goes on memoised.
        string played = await File.ReadAllTextAsync(Path.Combine(folder.Arm, "trajectories.jsonl"), Token);
        Assert.DoesNotContain("\"memoised\":false", played, StringComparison.Ordinal);

        (code, output, error) = await TrainingFolder.DoAsync(
            "train", "--rollback-to-clean", folder.Arm, "--runs", folder.Runs);
        Assert.True(code == 0, error);
        Assert.Equal("no update of this run is tainted; nothing was changed\n", output);
    }

    [Fact]
    public async Task An_evaluation_as_JSON_is_one_object_and_nothing_else_on_standard_output()
    {
        (int code, string output, string error) = await TrainingFolder.DoAsync(
            "eval", Path.Combine(undisturbed.Folder.Path, "job.toml"), "--model",
            Path.Combine(undisturbed.Folder.Arm, "model"), "--samples", "1", "--format", "json", "--runs",
            undisturbed.Folder.Runs);

        Assert.True(code == 0, error);
        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal("aurelian.eval/1", report.GetProperty("schema").GetString());
        Assert.Equal("faults", report.GetProperty("job").GetString());
        JsonElement all = report.GetProperty("all");
        Assert.Equal((8, 1.0, 0.0), (all.GetProperty("episodes").GetInt32(), all.GetProperty("success").GetDouble(),
            all.GetProperty("abuse").GetDouble()));
        Assert.Equal(8, all.GetProperty("verdicts").GetProperty("clean").GetInt32());
        Assert.Equal(8, report.GetProperty("tasks").GetArrayLength());
        JsonElement episode = report.GetProperty("episodes")[0];
        Assert.Equal(1, episode.GetProperty("reward").GetDouble());
        Assert.Equal("clean", episode.GetProperty("verdict").GetProperty("state").GetString());
        Assert.True(episode.GetProperty("verdict").GetProperty("final").GetBoolean());
        Assert.Contains("watched by", error, StringComparison.Ordinal);
    }
}
