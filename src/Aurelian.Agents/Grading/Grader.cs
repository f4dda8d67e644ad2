using System.Globalization;
using System.Text;
using System.Text.Json;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Agents;

/// <param name="Reward">0 to 1; null when no reward can be said.</param>
/// <param name="Reason">A sentence where the reward is not simply the tests' own.</param>
public sealed record Grade(double? Reward, string Reason, ExecResult? Call);

/// <summary>
/// Grades in a sandbox that the agent never touched: the agent's files are brought in, then the tests, and
/// <c>tests/test.sh</c> runs as the grader, as a watched tool call of its own.
/// </summary>
/// <remarks>
/// Covers: reward files that the agent brought along (removed), a reward folder of another user, both files at once,
/// numbers out of range, tests that were killed, tests rewritten by what they run (they belong to the agent's user, of
/// whom nothing runs here), a process that waits for the tests' end (everything is frozen before the reward is read).
/// Does not cover: what the agent's code does as the tests' own user while they run, which <c>RewardDetector</c>
/// watches, and code that a test imports into its own process; our tasks compare outputs of separate processes instead.
/// </remarks>
public sealed class Grader(ISandbox sandbox, IObservationSink sink, Subject subject)
{
    private const string Logs = "/logs/verifier";
    private const int RewardBytesMax = 4096;
    private const int OutputBytesMax = 1 << 20;

    /// <summary>What code under test could plant in the grader's home or beside the tests is not loaded.</summary>
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["PYTHONNOUSERSITE"] = "1", ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    public async Task<Grade> GradeAsync(
        TaskPlan task, string workFolder, EpisodeId episode, CancellationToken cancellationToken)
    {
        ToolCallId call = ToolCallId.Grade(episode);
        Subject graded = subject with { Call = call, Sandbox = sandbox.Id };
        FileOutcome work = await sandbox.Files.UploadAsync(
            workFolder, sandbox.WorkingDirectory, SandboxUser.Agent, cancellationToken).ConfigureAwait(false);
        if (work is FileOutcome.TooLarge or FileOutcome.NoSpace)
        {
            return new Grade(0, $"the agent's files do not fit into a sandbox ({work})", null);
        }

        // Not the grader's: code under test runs as the grader, and bash reads a script while it runs it.
        FileOutcome tests = await sandbox.Files.UploadAsync(
            task.TestsFolder, "/tests", SandboxUser.Agent, cancellationToken).ConfigureAwait(false);
        if (tests != FileOutcome.Done)
        {
            return new Grade(null, $"the tests could not be brought in ({tests})", null);
        }

        sink.TryPost(SourceNames.Agent, new Observation(
            MonotonicClock.NowNs, graded, new Fact.ToolCallStarted(null, "grade", "bash /tests/test.sh")));
        ExecResult result = await sandbox.ExecAsync(
            new ExecRequest
            {
                Call = call,
                // Both reward files away first: whatever lies there was not written by these tests.
                Arguments =
                [
                    "bash", "-c",
                    $"mkdir -p {Logs} && rm -rf {Logs}/reward.txt {Logs}/reward.json && exec bash /tests/test.sh",
                ],
                Timeout = task.VerifierTimeout,
                User = SandboxUser.Grader,
                Environment = Environment,
                OutputBytesMax = OutputBytesMax,
            },
            cancellationToken).ConfigureAwait(false);
        sink.TryPost(SourceNames.Agent, new Observation(MonotonicClock.NowNs, graded, new Fact.ToolCallEnded(
            result.ExitCode, result.Killed, result.TimedOut, result.OutputBytes, result.Truncated, result.CpuSeconds)));
        if (result.TimedOut || result.Killed || result.Signal is not null)
        {
            return new Grade(
                0, result.TimedOut ? "the tests took too long" : "the tests were killed before they ended", result);
        }

        // What the tests left running stands still from here: the reward that is read is the one they wrote.
        await sandbox.StandStillAsync(cancellationToken).ConfigureAwait(false);
        FileContent text = await ReadAsync("reward.txt", cancellationToken).ConfigureAwait(false);
        FileContent json = await ReadAsync("reward.json", cancellationToken).ConfigureAwait(false);
        return Judge(text, json, result);
    }

    private Task<FileContent> ReadAsync(string name, CancellationToken cancellationToken) =>
        sandbox.Files.ReadAsync($"{Logs}/{name}", RewardBytesMax, cancellationToken);

    private static Grade Judge(FileContent text, FileContent json, ExecResult result)
    {
        // Whatever lies there under its name counts as written: a folder or a pipe is no way to be overlooked.
        bool hasText = text.Outcome != FileOutcome.NotFound, hasJson = json.Outcome != FileOutcome.NotFound;
        if (hasText && hasJson)
        {
            return new Grade(null, "both reward.txt and reward.json were written; which one counts nobody can say",
                result);
        }

        if (!hasText && !hasJson)
        {
            return new Grade(0, "the tests wrote no reward", result);
        }

        if ((hasText ? text : json).Outcome != FileOutcome.Done)
        {
            return new Grade(null, $"the reward cannot be read ({(hasText ? text : json).Outcome})", result);
        }

        double? reward = hasText ? ParseText(text.Bytes.Span) : ParseJson(json.Bytes);
        return reward is >= 0 and <= 1
            ? new Grade(reward, "", result)
            : new Grade(null, "the reward is no number from 0 to 1", result);
    }

    private static double? ParseText(ReadOnlySpan<byte> bytes) => double.TryParse(
        Encoding.UTF8.GetString(bytes).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
        out double reward) ? reward : null;

    private static double? ParseJson(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.TryGetProperty("reward", out JsonElement reward)
                && reward.TryGetDouble(out double number) ? number : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
