using System.Diagnostics;
using Aurelian.Events;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Runs;

/// <summary>kill -9 of Aurelian in the middle of a run, as a user's machine would do it.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task After_kill_9_nothing_runs_nothing_is_left_and_the_timeline_opens()
    {
        string runs = Directory.CreateTempSubdirectory("aurelian-runs-").FullName;
        using Process aurelian = Start(runs, "sleep 987 & setsid sleep 988 & sleep 989");
        await EventuallyAsync(() => Sleeping().Length == 3);
        await Task.Delay(1500, TestContext.Current.CancellationToken); // the timeline commits meanwhile

        aurelian.Kill();
        await aurelian.WaitForExitAsync(TestContext.Current.CancellationToken);
        long killed = Stopwatch.GetTimestamp();
        await EventuallyAsync(() => Sleeping().Length == 0);

        Assert.InRange(Stopwatch.GetElapsedTime(killed).TotalSeconds, 0, 3);
        await EventuallyAsync(() => Leftovers(aurelian.Id).Length == 0);
        using TimelineReader timeline = TimelineReader.Open(RunFolder.Find(runs, "latest").Timeline);
        Assert.Contains(timeline.Read(), each => each.Fact is Fact.ToolCallStarted);
        Directory.Delete(runs, recursive: true);
    }

    [Fact]
    public async Task After_kill_9_of_both_the_sandbox_ends_and_the_next_start_sweeps()
    {
        string runs = Directory.CreateTempSubdirectory("aurelian-runs-").FullName;
        using Process aurelian = Start(runs, "sleep 987 & sleep 988 & sleep 989");
        await EventuallyAsync(() => Sleeping().Length == 3);
        int warden = Children(aurelian.Id).First(pid => File.ReadAllText($"/proc/{pid}/comm").Trim() == "warden");

        using Process wardenProcess = Process.GetProcessById(warden);
        wardenProcess.Kill();
        aurelian.Kill();
        await EventuallyAsync(() => Sleeping().Length == 0);
        using Process next = Start(runs, "true");
        await next.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, next.ExitCode);
        Assert.Empty(Leftovers(aurelian.Id));
        Directory.Delete(runs, recursive: true);
    }

    [Fact]
    public async Task Ctrl_c_ends_everything_and_leaves_nothing()
    {
        string runs = Directory.CreateTempSubdirectory("aurelian-runs-").FullName;
        using Process aurelian = Start(runs, "sleep 987 & sleep 988 & sleep 989");
        await EventuallyAsync(() => Sleeping().Length == 3);

        using Process kill = Process.Start("kill", ["-INT", $"{aurelian.Id}"]);
        await aurelian.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, aurelian.ExitCode);
        Assert.Empty(Sleeping());
        Assert.Empty(Leftovers(aurelian.Id));
        Directory.Delete(runs, recursive: true);
    }

    private static Process Start(string runs, string command)
    {
        string binary = Path.Combine(AppContext.BaseDirectory, "aurelian");
        // Who starts the tests in the background has SIGINT ignored, and so would Aurelian have.
        ProcessStartInfo start = new("env")
        {
            ArgumentList = { "--default-signal=INT", binary, "run", "--runs", runs, "--", "bash", "-c", command },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static int[] Sleeping() => [.. Directory.GetDirectories("/proc").Select(folder => Path.GetFileName(folder))
        .Where(name => int.TryParse(name, out _)).Select(int.Parse)
        .Where(pid => CommandLine(pid).StartsWith("sleep\u000098", StringComparison.Ordinal))];

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static IEnumerable<int> Children(int parent) =>
        File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Concat(Directory.GetDirectories($"/proc/{parent}/task").SelectMany(task =>
                File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Distinct().Select(int.Parse);

    /// <summary>Cgroups and state folders that carry the process's name.</summary>
    private static string[] Leftovers(int pid) =>
    [
        .. Directory.GetDirectories("/sys/fs/cgroup", $"aurelian-{pid}-*"),
        .. Directory.GetDirectories("/sys/fs/cgroup").SelectMany(mount => Directory.GetDirectories(mount,
            $"aurelian-{pid}-*")),
        .. Directory.GetDirectories("/run", $"aurelian-{pid}-*"),
    ];

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (int round = 0; round < 1000 && !condition(); round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }
}
