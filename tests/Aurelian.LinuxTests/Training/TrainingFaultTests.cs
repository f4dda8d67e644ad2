using System.Diagnostics;
using Aurelian.LinuxTests.Faults;

namespace Aurelian.LinuxTests.Training;

/// <summary>Training is broken off as users and machines do it, and goes on to an unbroken run's weights.</summary>
[Collection(nameof(UndisturbedRun))]
public sealed class TrainingFaultTests(UndisturbedRun undisturbed)
{
    private const int KillsMax = 5;

    /// <summary>In a mount namespace of its own: nobody else sees the small disk, and it goes with the shell.</summary>
    private const string OnASmallDisk = """
        runs=$1 binary=$2 resume=$3; shift 3
        mkdir "$runs"; mount -t tmpfs -o size=52m tmpfs "$runs" || exit 99
        "$binary" train "$@"
        echo "train exit $?"
        checkpoints=$(echo "$runs"/train-*/seed-5/run/checkpoints)
        echo "checkpoints" $(ls "$checkpoints")
        "$binary" incidents --runs "$runs"
        mount -o remount,size=200m "$runs"
        "$binary" train --resume "$runs"/train-* --runs "$runs"
        echo "resume exit $?"
        cp "$runs"/train-*/seed-5/run/model/model.safetensors "$resume"
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_while_a_checkpoint_is_written_a_run_goes_on_from_the_one_before()
    {
        using TrainingFolder folder = new();
        string? partial = null;
        for (int tries = 0; tries < KillsMax && partial is null; tries++)
        {
            using AurelianProcess run = TrainingFolder.Start(tries == 0 ? folder.FromTheStart : folder.Resumed);
            // Not the first, before which nothing was learnt.
            await Eventually.Async(() => Directory.Exists(folder.Runs)
                && Directory.GetDirectories(folder.Runs, "train-*").Length > 0
                && Directory.Exists(folder.Checkpoints) && folder.Whole.Length > 1 + (tries * 2), 60);
            while (!run.Process.HasExited && partial is null)
            {
                partial = Directory.EnumerateDirectories(folder.Checkpoints, "*.partial").FirstOrDefault();
            }

            run.SignalTrainer("KILL");
            Assert.NotEqual(0, await run.ExitAsync());
            await Eventually.Async(() => run.Alive().Length == 0, 10);
            Assert.Empty(run.Alive());
            // It may have been done just then.
            partial = Directory.Exists(partial) ? partial : null;
        }

        Assert.NotNull(partial);
        string[] whole = folder.Whole;
        Assert.DoesNotContain(Path.GetFileNameWithoutExtension(partial), whole);
        (int code, string output, string error) = await TrainingFolder.DoAsync(["train", .. folder.Resumed]);

        Assert.True(code == 0, error);
        Assert.Contains($"resumed after step {int.Parse(whole[^1][5..], null)}\n", output, StringComparison.Ordinal);
        Assert.Equal(undisturbed.Folder.Weights, folder.Weights);
        Assert.Equal(Directory.GetDirectories(folder.Checkpoints).Length, folder.Whole.Length);
    }

    [Fact]
    public async Task A_full_disk_is_named_leaves_the_last_checkpoint_and_with_room_again_the_run_goes_on()
    {
        using TrainingFolder folder = new();
        string weights = Path.Combine(folder.Path, "weights");
        ProcessStartInfo start = new(
            "unshare", ["--mount", "--propagation", "private", "bash", "-c", OnASmallDisk, "bash", folder.Runs,
                Path.Combine(AppContext.BaseDirectory, "aurelian"), weights, .. folder.FromTheStart])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process shell = Process.Start(start)!;
        Task<string> error = shell.StandardError.ReadToEndAsync(Token);
        string output = await shell.StandardOutput.ReadToEndAsync(Token), said = await error;
        await shell.WaitForExitAsync(Token);

        Assert.Contains("train exit 1\n", output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", said, StringComparison.Ordinal);
        Assert.Contains("go on with: aurelian train --resume", said, StringComparison.Ordinal);
        // The half written one gave its room back, in which the watched run wrote its end.
        Assert.Contains("step-000002 step-000004 step-000006\n", output, StringComparison.Ordinal);
        Assert.Contains("0 incidents\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("did not end", output, StringComparison.Ordinal);
        Assert.Contains("resumed after step 6\n", output, StringComparison.Ordinal);
        Assert.Contains("resume exit 0\n", output, StringComparison.Ordinal);
        Assert.Equal(undisturbed.Folder.Weights, await File.ReadAllBytesAsync(weights, Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Ctrl_C_ends_a_run_within_seconds_says_how_to_go_on_and_it_does(int step)
    {
        string told = $"step{step,12} ";
        using TrainingFolder folder = new();
        using (AurelianProcess run = TrainingFolder.Start(folder.FromTheStart))
        {
            await Eventually.Async(
                () => run.Process.HasExited || run.Output.Contains(told, StringComparison.Ordinal), 60);

            // A terminal's reaches both.
            run.SignalTrainer("INT");
            run.Signal("INT");
            long start = Stopwatch.GetTimestamp();
            Assert.Equal(1, await run.ExitAsync());

            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
            Assert.Contains("interrupted", run.Said, StringComparison.Ordinal);
            Assert.Contains($"go on with: aurelian train --resume {folder.Run}", run.Said, StringComparison.Ordinal);
            Assert.Empty(run.Alive());
        }

        (int code, _, string error) = await TrainingFolder.DoAsync(["train", .. folder.Resumed]);

        Assert.True(code == 0, error);
        Assert.Equal(undisturbed.Folder.Weights, folder.Weights);
    }
}
