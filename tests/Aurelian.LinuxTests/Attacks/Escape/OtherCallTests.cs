using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Escape;

/// <summary>
/// One call against another. They share a user, so that a server of call 1 can be stopped by call 3: signals reach.
/// Memory, descriptors and environments do not, and nothing that was told of a call is undone by its end.
/// </summary>
public sealed class OtherCallTests(EscapeFixture fixture) : IClassFixture<EscapeFixture>
{
    private const string Libc = """
        import ctypes, errno, os, sys
        libc = ctypes.CDLL(None, use_errno=True)
        pid = int(open("/tmp/victim").read())
        def told(name, result): print(name, "open" if result >= 0 else errno.errorcode[ctypes.get_errno()])
        """;

    [Fact]
    public async Task Another_call_s_memory_descriptors_and_environment_are_out_of_reach()
    {
        await VictimAsync();

        (_, ExecResult result) = await fixture.TryAsync($$"""
            python3 - <<'X'
            {{Libc}}
            libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
            told("attach", libc.ptrace(16, pid, None, None))
            told("seize", libc.ptrace(0x4206, pid, None, None))
            data, pidfd = ctypes.create_string_buffer(8), os.pidfd_open(pid)
            vector = (ctypes.c_uint64 * 2)(ctypes.addressof(data), 8)
            told("read", libc.process_vm_readv(pid, vector, 1, vector, 1, 0))
            told("write", libc.process_vm_writev(pid, vector, 1, vector, 1, 0))
            told("getfd", libc.syscall(438, pidfd, 1, 0))
            told("kcmp", libc.syscall(312, pid, os.getpid(), 0, 1, 1))
            for name in ("mem", "maps", "environ", "fd/1", "root/etc/hostname", "cwd/x", "auxv", "stack", "syscall"):
                try:
                    print(name, "open", open(f"/proc/{pid}/{name}", "rb").read(1))
                except OSError as error:
                    print(name, errno.errorcode[error.errno])
            for name in ("exe", "cwd", "ns/net"):
                try:
                    print(name, "open", os.readlink(f"/proc/{pid}/{name}"))
                except OSError as error:
                    print(name, errno.errorcode[error.errno])
            X
            """);

        string[] lines = result.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 18, result.Text() + result.ErrorText());
        Assert.All(lines, line => Assert.Matches(" (EPERM|EACCES)$", line));
    }

    [Fact]
    public async Task A_call_cannot_write_into_what_another_says()
    {
        Task<(int Number, ExecResult Result)> speaker = fixture.TryAsync(
            "echo $$ >/tmp/speaker; while [ ! -e /tmp/said ]; do sleep 0.01; done; echo mine; "
                + "rm /tmp/said /tmp/speaker");

        (_, ExecResult forger) = await fixture.TryAsync("""
            while [ ! -s /tmp/speaker ]; do sleep 0.01; done
            for n in 0 1 2 255; do echo forged >/proc/$(cat /tmp/speaker)/fd/$n; done 2>/dev/null
            touch /tmp/said
            """);

        Assert.Equal(0, forger.ExitCode);
        Assert.Equal("mine\n", (await speaker).Result.Text());
    }

    [Fact]
    public async Task Ending_another_call_s_processes_undoes_nothing_that_was_told_of_them()
    {
        (int first, _) = await fixture.TryAsync("""
            python3 -c 'import ctypes, time; ctypes.CDLL(None).mount(b"x", b"/tmp", b"tmpfs", 0, None)
            open("/tmp/tried", "w"); time.sleep(60)' >/dev/null 2>&1 & echo $! >/tmp/victim
            while [ ! -e /tmp/tried ]; do sleep 0.01; done
            """);

        (int second, ExecResult result) = await fixture.TryAsync("kill -9 $(cat /tmp/victim); sleep 0.1");

        Assert.Equal(0, result.ExitCode);
        (Subject refused, _) = Assert.Single(await fixture.ToldOfAsync<Fact.SyscallRefused>(first));
        // The end is told too: of the process that ended, under the call it was born in.
        Assert.Contains(
            await fixture.ToldOfAsync<Fact.ProcessExited>(first),
            each => each.Subject.Pid == refused.Pid && each.Fact.Signal == 9);
        Assert.Empty(await fixture.ToldAsync<Fact.SyscallRefused>(second));
    }

    [Fact]
    public async Task A_call_that_another_ends_is_not_taken_for_contained()
    {
        Task<(int Number, ExecResult Result)> victim = fixture.TryAsync("echo $$ >/tmp/running; exec sleep 30");

        await fixture.TryAsync("while [ ! -s /tmp/running ]; do sleep 0.01; done; kill -9 $(cat /tmp/running)");

        ExecResult ended = (await victim).Result;
        Assert.Equal((9, false, false), (ended.Signal, ended.Killed, ended.TimedOut));
    }

    [Fact]
    public async Task Killing_everything_leaves_the_sandbox_its_keeper_and_its_next_call()
    {
        await fixture.TryAsync("kill -9 -1");

        (int next, ExecResult result) = await fixture.TryAsync(
            "python3 -c 'import ctypes; ctypes.CDLL(None).umount2(b\"/proc\", 2)'; echo here");

        Assert.Equal("here\n", result.Text());
        Assert.Equal("umount2", Assert.Single(await fixture.ToldAsync<Fact.SyscallRefused>(next)).Syscall);
    }

    [Fact]
    public async Task Stopping_and_killing_what_is_being_born_costs_a_call_and_no_record()
    {
        // A daemon that ends whatever is not itself, as fast as it can, while calls are born.
        (int killer, _) = await fixture.TryAsync("""
            python3 - >/dev/null 2>&1 <<'X' &
            import os, signal, time
            end = time.monotonic() + 1
            while time.monotonic() < end:
                for pid in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
                    if pid not in (1, os.getpid()):
                        try: os.kill(pid, signal.SIGKILL)
                        except OSError: pass
            X
            """);
        List<ExecResult> results = [];
        for (int round = 0; round < 8; round++)
        {
            results.Add((await fixture.TryAsync("exec sleep 0.6")).Result);
        }

        Assert.All(results, result => Assert.True(result.Signal == 9 || result.ExitCode is 0 or 126));
        Assert.Contains(results, result => result.Signal == 9);
        // The sandbox is shared: the next call, and the next test's, are none of the killer's business.
        while (fixture.Sandbox.ReadUsage(fixture.Call(killer)).Pids.Count > 0)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal("well\n", (await fixture.TryAsync("echo well")).Result.Text());
    }

    private async Task VictimAsync() => await fixture.TryAsync(
        "SECRET=of-call-1 sleep 60 </dev/null >/tmp/out 2>&1 & echo $! >/tmp/victim");
}
