using System.Diagnostics;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

/// <summary>What the agent that wants out would try first.</summary>
public sealed class HardeningTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private static readonly string[] ComparedFields =
        ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Uid", "Gid", "Groups", "Umask",
         "SigBlk", "SigIgn", "Cpus_allowed_list"];

    [Fact]
    public async Task A_call_has_the_rights_of_the_runtime_s_own_process()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        uint agent = ((RunningSandbox)sandbox).Users.Agent;
        string ours = (await sandbox.ShellAsync(1, "cat /proc/self/status")).Text();

        string theirs = await RuncExecAsync(sandbox.Id.Value, agent);

        Assert.NotEmpty(theirs);
        foreach (string field in ComparedFields)
        {
            Assert.Equal(Field(theirs, field), Field(ours, field));
        }
    }

    [Theory]
    [InlineData("cat /root/.bashrc")]
    [InlineData("ls /root")]
    [InlineData("cat /etc/shadow")]
    [InlineData("cat /proc/1/environ")]
    [InlineData("ls /proc/1/root/")]
    [InlineData("kill -9 1; kill -0 1")]
    [InlineData("echo 1 >/proc/sys/kernel/core_pattern")]
    [InlineData("ls /sys/fs/cgroup/*")]
    [InlineData("cat /proc/kcore")]
    [InlineData("mknod /tmp/d b 8 0")]
    [InlineData("touch /usr/bin/x")]
    [InlineData("unshare -r true")]
    [InlineData("mount -t tmpfs x /tmp")]
    [InlineData("cat /.aurelian/warden >/dev/null && echo x >>/.aurelian/warden")]
    [InlineData("python3 -c 'import os; os.setuid(0)'")]
    public async Task It_is_refused(string attempt)
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ShellAsync(1, attempt);

        Assert.NotEqual(0, result.ExitCode);
    }

    [Fact]
    public async Task Setuid_programs_give_nothing()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ShellAsync(
            1, "[ -u /usr/bin/su ] && grep NoNewPrivs /proc/self/status; id -u");

        Assert.DoesNotContain("\n0\n", result.Text(), StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", result.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_call_cannot_trace_another_but_can_trace_itself()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        const string attach = """
            import ctypes, os, sys, subprocess
            libc = ctypes.CDLL(None, use_errno=True)
            libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
            pid = int(sys.argv[1]) if len(sys.argv) > 1 else subprocess.Popen(["sleep", "5"]).pid
            print("attached" if libc.ptrace(16, pid, None, None) == 0 else "refused")
            """;
        await sandbox.Files.WriteAsync(
            "/workspace/attach.py", System.Text.Encoding.UTF8.GetBytes(attach), SandboxUser.Agent,
            TestContext.Current.CancellationToken);
        await sandbox.ShellAsync(1, "sleep 30 >/dev/null 2>&1 & echo $! >/workspace/pid");

        ExecResult across = await sandbox.ShellAsync(2, "python3 attach.py $(cat pid)");
        ExecResult inside = await sandbox.ShellAsync(3, "python3 attach.py");

        Assert.Equal("refused\n", across.Text());
        Assert.Equal("attached\n", inside.Text());
    }

    [Fact]
    public async Task Limits_hold()
    {
        ResourceLimits limits = new() { MemoryBytes = 64 << 20, Processes = 30, DiskBytes = 16 << 20, Cpus = 0.5 };
        await using ISandbox sandbox = await fixture.CreateAsync(limits);

        ExecResult memory = await sandbox.ShellAsync(1, "python3 -c 'x = bytearray(200 << 20); print(len(x))'");
        ExecResult disk = await sandbox.ShellAsync(2, "head -c 50000000 /dev/zero >/workspace/big");
        long start = Stopwatch.GetTimestamp();
        ExecResult cpu = await sandbox.ShellAsync(3, "timeout 1 sh -c 'while :; do :; done'");
        double share = cpu.CpuSeconds / Stopwatch.GetElapsedTime(start).TotalSeconds;
        ExecResult processes = await sandbox.ShellAsync(
            4, "python3 -c 'import subprocess\nfor i in range(60): subprocess.Popen([\"sleep\", \"1\"])'");
        ExecResult next = await sandbox.ShellAsync(5, "true");

        Assert.NotEqual(0, memory.ExitCode);
        Assert.NotEqual(0, disk.ExitCode);
        Assert.NotEqual(0, processes.ExitCode);
        Assert.Equal(126, next.ExitCode);
        // A busy machine may give less than was allowed, never more.
        Assert.InRange(share, 0.01, 0.75);
    }

    [Fact]
    public async Task A_frozen_sandbox_stands_still_and_a_killed_one_is_empty()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        ToolCallId call = new("e1.c1");
        await sandbox.ShellAsync(1, "(while :; do :; done) >/dev/null 2>&1 &");

        await sandbox.FreezeAsync(TestContext.Current.CancellationToken);
        double before = sandbox.ReadUsage(call).CpuSeconds;
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(before, sandbox.ReadUsage(call).CpuSeconds, 0.005);
        await sandbox.KillAsync(TestContext.Current.CancellationToken);

        Assert.Empty(sandbox.ReadPids());
    }

    [Fact]
    public async Task Links_and_pipes_that_a_sandbox_plants_lead_nowhere()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        await sandbox.ShellAsync(
            1, "ln -s /etc/hostname a; ln -s ../../../../../etc/hostname b; mkfifo p; "
                + "ln -s /proc/self/root/etc c; mkdir d; ln -s /root d/e");
        CancellationToken token = TestContext.Current.CancellationToken;
        string target = Directory.CreateTempSubdirectory("aurelian-out-").FullName;

        Assert.Equal("sandbox\n"u8.ToArray(), (await sandbox.Files.ReadAsync("/workspace/a", 100, token))
            .Bytes.ToArray());
        Assert.Equal("sandbox\n"u8.ToArray(), (await sandbox.Files.ReadAsync("/workspace/b", 100, token))
            .Bytes.ToArray());
        Assert.Equal(FileOutcome.NotAFile, (await sandbox.Files.ReadAsync("/workspace/p", 100, token)).Outcome);
        Assert.NotEqual(FileOutcome.Done, (await sandbox.Files.ReadAsync("/workspace/c/hostname", 100, token)).Outcome);
        Assert.NotEqual(FileOutcome.Done, await sandbox.Files.WriteAsync("/usr/x", "x"u8.ToArray(), SandboxUser.Agent,
            token));
        await sandbox.Files.DownloadAsync("/workspace", target, token);
        Assert.Equal(["a", "b", "c", "d"], Directory.GetFileSystemEntries(target).Select(Path.GetFileName).Order());
        Directory.Delete(target, recursive: true);
    }

    private async Task<string> RuncExecAsync(string id, uint user)
    {
        string state = Path.Combine("/run", Path.GetFileName(fixture.Host.Cgroup2Root), "runtime");
        using Process process = Process.Start(new ProcessStartInfo(Executables.Find("runc")!)
        {
            ArgumentList = { "--root", state, "exec", "--user", $"{user}:{user}", id, "cat", "/proc/self/status" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said;
    }

    private static string Field(string status, string name) => status.Split('\n')
        .First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Trim();
}
