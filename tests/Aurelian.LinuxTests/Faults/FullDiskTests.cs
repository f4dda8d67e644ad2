using System.Diagnostics;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.LinuxTests.Runs;
using Aurelian.Response;

namespace Aurelian.LinuxTests.Faults;

/// <summary>No room: for the run's own timeline, and for a sandbox's files.</summary>
public sealed class FullDiskTests
{
    /// <summary>In a mount namespace of its own: nobody else sees the small disk, and it goes with the shell.</summary>
    private const string OnASmallDisk = """
        mount -t tmpfs -o size=1m tmpfs "$1" || exit 99
        "$2" run --runs "$1" -- bash -c 'for i in $(seq 20000); do /bin/true; done; sleep 300'
        echo "run exit $?"
        # As it comes back from a copy or a backup: without the index that a reader and a writer share.
        rm "$1"/*/timeline.db-shm
        head -c 9M /dev/zero 2>/dev/null >"$1/filler"
        echo "left over: $(ls -d /run/aurelian-$$-* 2>/dev/null | wc -l)"
        "$2" incidents --runs "$1"
        echo "incidents exit $?"
        "$2" incidents --runs "$1" --format json | tr -d ' \n' | grep -o '"toolCalls":\[{"id":"e1.c1"'
        """;

    [Fact]
    public async Task A_full_disk_behind_the_timeline_breaks_the_run_off_and_what_was_stored_opens_again()
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-full-").FullName;
        ProcessStartInfo start = new(
            "unshare", ["--mount", "--propagation", "private", "bash", "-c", OnASmallDisk, "bash", folder,
                Path.Combine(AppContext.BaseDirectory, "aurelian")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process shell = Process.Start(start)!;
        Task<string> error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        string all = output + await error;
        Assert.Contains("run exit 1\n", output, StringComparison.Ordinal);
        Assert.Contains("The timeline cannot be written: ", all, StringComparison.Ordinal);
        Assert.Contains("incidents exit 0\n", output, StringComparison.Ordinal);
        Assert.Contains("did not end", output, StringComparison.Ordinal);
        Assert.Contains("\"toolCalls\":[{\"id\":\"e1.c1\"", output, StringComparison.Ordinal);
        Directory.Delete(folder);
    }

    [Fact]
    public async Task A_sandbox_that_fills_its_disk_is_told_so_goes_on_and_is_clean()
    {
        string policy = Path.GetTempFileName();
        await File.WriteAllTextAsync(policy, "[sandbox]\ndisk_mb = 8\n", TestContext.Current.CancellationToken);

        RunSummary summary = await Run.ExecuteAsync(Run.Config() with
        {
            PolicyFile = policy,
            Linger = TimeSpan.Zero,
            Episodes = [new EpisodeConfig { Command = ["bash", "-c", """
                said=$(head -c 64M /dev/zero 2>&1 >big)
                rm big
                case $said in *"No space left on device"*) ;; *) exit 1 ;; esac
                # The file sensor may hold what was removed for as long as it takes to look at it.
                for try in $(seq 50); do { echo after >small; } 2>/dev/null && exit 42; sleep 0.1; done
                exit 2
                """] }],
        });

        Assert.Equal(42, Assert.Single(summary.Episodes[0].ToolCalls).ExitCode);
        Assert.Equal(VerdictState.Clean, summary.Verdict());
        File.Delete(policy);
    }
}
