using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

/// <summary>A sandbox in the cgroups and the slot of an ended one is a new sandbox, and like what runc makes.</summary>
public sealed class RecyclingTests : IAsyncDisposable
{
    private readonly NetworkNamespace _gateway = NetworkNamespace.Create("recycling test");
    private readonly NetworkSlotPool _slots;
    private readonly SandboxHost _host;
    private int _taken;

    public RecyclingTests()
    {
        _slots = NetworkSlotPool.Start(_gateway, 1, slotsMax: 16);
        SandboxHostConfig config = new()
        {
            NativeFolder = NativeFolder.Find(), StateParent = Parent,
            Pool = new SandboxPoolConfig
            {
                Size = 1, Slots = _slots, Recycles = true, Limits = new() { Processes = 40 },
            },
        };
        _host = SandboxHost.Start(config, new CgroupDirectory(), new RecordingSink(), TimeProvider.System);
    }

    private string Parent { get; } = Directory.CreateTempSubdirectory("aurelian-state-").FullName;

    [Fact]
    public async Task It_is_like_what_runc_makes_in_rights_mounts_masks_and_namespaces()
    {
        (RunningSandbox made, RunningSandbox rebuilt) = await BothAsync("true");
        await using ISandbox first = made, second = rebuilt;
        const string look = """
            cat /proc/self/status | grep -E '^(Umask|Groups|Cap|NoNew|Seccomp|Uid)'
            cut -d' ' -f4- /proc/self/mountinfo | sort
            find /dev -printf '%p %M %l %U\n' | sort
            for f in /proc/kcore /proc/keys /proc/timer_list /sys/firmware /sys/fs/cgroup /sys/kernel; do
                ls -la $f; head -c 20 $f; echo x >$f; done 2>&1 | sed 's/[A-Z][a-z][a-z] *[0-9]* [0-9:]*//'
            echo 1 >/proc/sys/kernel/hostname; hostname; ulimit -a; cat /proc/1/comm; set -- /proc/[0-9]*; echo $#
            python3 -c 'import os; print(sorted(os.listdir("/proc/self/fd"))); os.unshare(os.CLONE_NEWUSER)'
            """;

        string one = Normal(await made.ShellAsync(2, look), made);
        string two = Normal(await rebuilt.ShellAsync(2, look), rebuilt);

        Assert.Equal(one, two);
        Assert.Null(SandboxLikeness.Read(made.InitPid, Folder(made))
            .Difference(SandboxLikeness.Read(rebuilt.InitPid, Folder(rebuilt))));
    }

    [Fact]
    public async Task It_carries_nothing_over()
    {
        const string leave = """
            echo secret >/workspace/a; echo secret >/tmp/b; echo secret >/home/agent/c; echo secret >/dev/shm/d
            mkfifo /tmp/p; ln -s /tmp/b /workspace/l; (sleep 300 >/dev/null 2>&1 &); setsid sleep 301 >/dev/null 2>&1 &
            python3 - <<'END'
            import socket, time, os
            s = socket.socket(socket.AF_UNIX); s.bind("\0left"); s.listen()
            t = socket.socket(); t.bind(("0.0.0.0", 8080)); t.listen()
            if os.fork() == 0: time.sleep(300)
            END
            """;
        const string look = """
            ls -A /workspace /tmp /home/agent /dev/shm /logs; ps -e -o pid,comm 2>/dev/null | grep -c sleep
            cat /proc/net/unix | grep -c left; cat /proc/net/tcp | grep -c :1F90; set -- /proc/[0-9]*; echo $#; id -u
            """;

        (RunningSandbox made, RunningSandbox rebuilt) = await BothAsync(leave);
        await using ISandbox second = rebuilt;
        string seen = (await rebuilt.ShellAsync(1, look)).Text();
        await using ISandbox never = await TakeAsync();
        string expected = (await never.ShellAsync(1, look)).Text();

        // All that differs from a sandbox that nobody had is the user, who is new.
        Assert.Equal(expected.Split('\n')[..^2], seen.Split('\n')[..^2]);
        Assert.DoesNotContain(made.Users.Agent.ToString(), seen, StringComparison.Ordinal);
        Assert.NotEqual(made.InitPid, rebuilt.InitPid);
        Assert.Equal(made.Slot, rebuilt.Slot);
        Assert.Equal(made.Name, rebuilt.Name);
    }

    [Fact]
    public async Task The_next_one_has_cgroups_with_new_ids_and_the_same_limits()
    {
        RunningSandbox made = await TakeAsync();
        string init = Path.Combine(_host.Cgroup2Root, made.Name, "init");
        ulong before = CallCgroup.Id(init);
        await _host.ReturnAsync(made);

        await using RunningSandbox rebuilt = await NamedAsync(made.Name);

        Assert.NotEqual(before, CallCgroup.Id(init));
        ExecResult fork = await rebuilt.ShellAsync(
            1, "python3 -c 'import subprocess\nfor i in range(60): subprocess.Popen([\"sleep\", \"60\"])'");
        Assert.NotEqual(0, fork.ExitCode);
    }

    [Fact]
    public async Task One_that_only_stood_still_serves_again_with_its_limits()
    {
        RunningSandbox made = await TakeAsync();
        string[] limits = CpuLimits(made);
        await made.ShellAsync(1, "sleep 60 >/dev/null 2>&1 &");
        await made.StandStillAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(limits, CpuLimits(made));
        await made.KillAsync(TestContext.Current.CancellationToken);
        await _host.ReturnAsync(made);

        await using RunningSandbox rebuilt = await NamedAsync(made.Name);

        Assert.Equal(limits, CpuLimits(rebuilt));
        Assert.Equal("awake\n", (await rebuilt.ShellAsync(1, "echo awake")).Text());
    }

    [Fact]
    public async Task One_that_was_contained_while_it_stood_still_serves_nobody_again()
    {
        RunningSandbox made = await TakeAsync();
        await made.StandStillAsync(TestContext.Current.CancellationToken);
        await made.FreezeAsync(TestContext.Current.CancellationToken);
        await ServesNobodyAsync(made);
    }

    [Fact]
    public async Task A_contained_one_serves_nobody_again()
    {
        RunningSandbox made = await TakeAsync();
        await made.FreezeAsync(TestContext.Current.CancellationToken);
        await ServesNobodyAsync(made);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _slots.Dispose();
        _gateway.Dispose();
        Assert.False(Directory.Exists(_host.Cgroup2Root));
        Directory.Delete(Parent, recursive: false);
    }

    private async Task ServesNobodyAsync(RunningSandbox made)
    {
        await made.KillAsync(TestContext.Current.CancellationToken);
        await _host.ReturnAsync(made);

        for (int round = 0; round < 4; round++)
        {
            RunningSandbox next = await TakeAsync();
            Assert.NotEqual(made.Name, next.Name);
            await _host.ReturnAsync(next);
        }
    }

    /// <summary>Quota and period, wherever the machine's layout has them.</summary>
    private string[] CpuLimits(RunningSandbox sandbox)
    {
        CgroupLayout layout = CgroupLayout.Probe();
        string folder = Path.Combine(layout.Controllers["cpu"], _host.Cgroups.Name, sandbox.Name);
        string[] files = layout.IsUnified("cpu") ? ["cpu.max"] : ["cpu.cfs_quota_us", "cpu.cfs_period_us"];
        return [.. files.Select(file => File.ReadAllText(Path.Combine(folder, file)))];
    }

    private string Folder(RunningSandbox sandbox) => Directory.GetDirectories(Parent)
        .Select(state => Path.Combine(state, sandbox.Name)).Single(Directory.Exists);

    /// <summary>What runc made, still alive, beside what was built in the shell of another.</summary>
    private async Task<(RunningSandbox Made, RunningSandbox Rebuilt)> BothAsync(string command)
    {
        RunningSandbox first = await TakeAsync();
        await first.ShellAsync(1, command);
        RunningSandbox made = await TakeAsync();
        await _host.ReturnAsync(first);
        RunningSandbox rebuilt = await NamedAsync(first.Name);
        return command == "true" ? (made, rebuilt) : (first, rebuilt);
    }

    private async Task<RunningSandbox> NamedAsync(string name)
    {
        for (int round = 0; round < 6; round++)
        {
            RunningSandbox next = await TakeAsync();
            if (next.Name == name)
            {
                return next;
            }
        }

        throw new InvalidOperationException("The pool built nothing in what came back.");
    }

    private async Task<RunningSandbox> TakeAsync()
    {
        string id = $"e{Interlocked.Increment(ref _taken)}";
        return (RunningSandbox)await _host.TakeAsync(
            new SandboxSpec { Id = new SandboxId(id) }, new Subject(Episode: new EpisodeId(id)),
            TestContext.Current.CancellationToken);
    }

    private static string Normal(ExecResult result, RunningSandbox sandbox) =>
        (result.Text() + result.ErrorText())
            .Replace(sandbox.Users.Agent.ToString(), "AGENT", StringComparison.Ordinal)
            .Replace($"/{sandbox.Name}/", "/NAME/", StringComparison.Ordinal);
}
