using System.Diagnostics;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

/// <summary>Hosts beside each other, and what of them is left.</summary>
public sealed class HostTests
{
    private static readonly Subject Nobody = new(Run: null);

    [Fact]
    public async Task Two_hosts_at_once_do_not_touch_each_other()
    {
        SandboxHost first = Start();
        await using SandboxHost second = Start();
        ISandbox mine = await CreateAsync(first);
        await using ISandbox other = await CreateAsync(second);
        await other.ShellAsync(1, "sleep 60 >/dev/null 2>&1 &");

        await mine.ShellAsync(1, "sleep 60 >/dev/null 2>&1 &");
        await first.DisposeAsync();

        Assert.Single(other.ReadUsage(new ToolCallId("e1.c1")).Pids);
        Assert.Equal(0, (await other.ShellAsync(2, "true")).ExitCode);
        Assert.Empty(Folders(Path.GetFileName(first.Cgroup2Root)));
        Assert.NotEmpty(Folders(Path.GetFileName(second.Cgroup2Root)));
    }

    [Fact]
    public async Task Nothing_is_left_of_a_host_with_running_sandboxes()
    {
        SandboxHost host = Start();
        ISandbox sandbox = await CreateAsync(host);
        await sandbox.ShellAsync(1, "for i in 1 2 3; do setsid sleep 60 & done >/dev/null 2>&1");
        IReadOnlyList<int> pids = sandbox.ReadPids();

        await host.DisposeAsync();

        Assert.True(pids.Count >= 4);
        Assert.All(pids, pid => Assert.False(Directory.Exists($"/proc/{pid}")));
        Assert.Empty(Folders(Path.GetFileName(host.Cgroup2Root)));
        Assert.DoesNotContain(
            Path.GetFileName(host.Cgroup2Root), await File.ReadAllTextAsync("/proc/self/mountinfo",
                TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_sweeps_what_a_killed_one_left_and_spares_the_living()
    {
        // A pid beyond the largest there can be, and ourselves.
        string dead = "aurelian-99999999-1";
        string cgroup = CgroupLayout.Probe().Unified;
        string living = Path.Combine(cgroup, $"aurelian-{Environment.ProcessId}-{OwnStart()}-99");
        Directory.CreateDirectory(Path.Combine(cgroup, dead, "e1", "c1"));
        Directory.CreateDirectory(Path.Combine("/run", dead, "e1", "bundle"));
        Directory.CreateDirectory(living);
        using Process left = Process.Start("sleep", "60");
        await File.WriteAllTextAsync(
            Path.Combine(cgroup, dead, "e1", "c1", "cgroup.procs"), $"{left.Id}",
            TestContext.Current.CancellationToken);

        await using SandboxHost host = Start();
        await left.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, left.ExitCode);
        Assert.Empty(Folders(dead));
        Assert.True(Directory.Exists(living));
        Directory.Delete(living);
    }

    [Fact]
    public void Native_parts_of_another_build_are_refused_with_the_remedy()
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-native-").FullName;
        foreach (string part in Directory.GetFiles(NativeFolder.Find()))
        {
            File.Copy(part, Path.Combine(folder, Path.GetFileName(part)));
        }

        Assert.Null(NativeFolder.ProblemOf(folder));
        File.WriteAllText(Path.Combine(folder, "sources"), "0123456789abcdef");

        SandboxException refused = Assert.Throws<SandboxException>(() => SandboxHost.Start(
            new SandboxHostConfig { NativeFolder = folder }, new CgroupDirectory(), new RecordingSink(),
            TimeProvider.System));

        Assert.Equal(SandboxFailure.Missing, refused.Reason);
        Assert.Contains("eng/build-native", refused.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static string OwnStart() => File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ')[19];

    private static SandboxHost Start() => SandboxHost.Start(
        new SandboxHostConfig { NativeFolder = NativeFolder.Find() }, new CgroupDirectory(), new RecordingSink(),
        TimeProvider.System);

    private static Task<ISandbox> CreateAsync(SandboxHost host) => host.CreateAsync(
        new SandboxSpec { Id = new SandboxId("e1") }, Nobody, TestContext.Current.CancellationToken);

    private static string[] Folders(string name) =>
    [
        .. Directory.GetDirectories("/run", name), .. Directory.GetDirectories("/sys/fs/cgroup", name),
        .. Directory.GetDirectories("/sys/fs/cgroup").SelectMany(mount => Directory.GetDirectories(mount, name)),
    ];
}
