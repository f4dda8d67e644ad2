using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Escape;

/// <summary>
/// Attempts to be taken for another, or to leave something behind that acts later in somebody's name.
/// </summary>
public sealed class EvidenceTests(EscapeFixture fixture) : IClassFixture<EscapeFixture>
{
    [Fact]
    public async Task A_forged_name_and_command_line_change_nothing_that_was_told()
    {
        // The name, then the argument area itself, then the bounds of it, as setproctitle and worse do.
        (int call, _) = await fixture.TryAsync("""
            cp /usr/bin/python3 ~/interpreter
            ~/interpreter - real-argument <<'X'
            import ctypes, os
            libc = ctypes.CDLL(None)
            libc.prctl(15, b"kworker/0:1", 0, 0, 0)
            start = int(open("/proc/self/stat").read().rpartition(")")[2].split()[45])
            ctypes.memmove(start, b"/sbin/init\0" + bytes(8), 19)
            print(open("/proc/self/cmdline").read())
            libc.mount(b"x", b"/tmp", b"tmpfs", 0, None)
            X
            """);

        (Subject subject, Fact.SyscallRefused refused) = Assert.Single(
            await fixture.ToldOfAsync<Fact.SyscallRefused>(call));
        (_, Fact.ProcessExecuted executed) = Assert.Single(
            await fixture.ToldOfAsync<Fact.ProcessExecuted>(call), each => each.Subject.Pid == subject.Pid);
        Assert.Equal("mount", refused.Syscall);
        Assert.Equal("/home/agent/interpreter", executed.Executable);
        Assert.EndsWith("real-argument", executed.Arguments[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_with_newlines_and_escapes_are_told_whole_and_under_their_call()
    {
        (int call, ExecResult result) = await fixture.TryAsync("""
            cd /tmp; name=$'a\n[0;32mclean\e[2J\x07'
            cp /usr/bin/true "$name"; "./$name" $'\e]0;title\a' $'second\nline'
            """);

        Assert.Equal(0, result.ExitCode);
        Fact.ProcessExecuted told = Assert.Single(
            await fixture.ToldAsync<Fact.ProcessExecuted>(call),
            each => each.Executable.StartsWith("/tmp/a", StringComparison.Ordinal));
        Assert.Equal("/tmp/a\n[0;32mclean\e[2J\a", told.Executable);
        Assert.Equal(["\e]0;title\a", "second\nline"], told.Arguments[1..]);
    }

    [Fact]
    public async Task What_a_call_leaves_in_start_files_runs_in_no_later_call()
    {
        await fixture.TryAsync("""
            cat >~/evil.c <<'X'
            __attribute__((constructor)) static void loaded(void) { extern int puts(const char *); puts("loaded"); }
            X
            for file in .bashrc .bash_profile .profile .bash_login .bash_logout .inputrc .zshenv .env; do
                echo 'echo planted' >~/$file; done
            mkdir -p ~/.config ~/.local/lib/python3.11/site-packages
            export LD_PRELOAD=/home/agent/evil.so BASH_ENV=~/.bashrc ENV=~/.profile PROMPT_COMMAND='echo planted'
            echo /home/agent/evil.so >/etc/ld.so.preload; echo 'export X=planted' >/etc/profile.d/x.sh
            echo 'LD_PRELOAD=/home/agent/evil.so' >/etc/environment
            """);

        (_, ExecResult next) = await fixture.TryAsync("env | sort; echo end");

        Assert.DoesNotContain("planted", next.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("LD_", next.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("BASH_ENV", next.Text(), StringComparison.Ordinal);
        Assert.Equal("", next.ErrorText());
    }

    [Fact]
    public async Task A_session_carries_what_was_exported_and_no_further_than_itself()
    {
        ShellSession session = new(fixture.Sandbox);
        int first = (await fixture.TryAsync("true")).Number + 1000;
        Task<ExecResult> Say(int number, string command) => session.RunAsync(
            fixture.Call(number), command, TimeSpan.FromSeconds(10), 10_000, TestContext.Current.CancellationToken);

        // Also names that a careless session script would use itself.
        await Say(first, "export LD_PRELOAD=/none.so state=mine command=too HERE='a b'; cd /usr/lib");
        ExecResult second = await Say(first + 1, "echo \"$state $command $HERE $PWD [$*] $LD_PRELOAD\"");
        (_, ExecResult other) = await fixture.TryAsync("echo \"[$state$LD_PRELOAD]\"");

        // The session itself starts no program under what the agent has preloaded: nothing complains.
        Assert.Equal("mine too a b /usr/lib [] /none.so\n", second.Text());
        Assert.Equal("", second.ErrorText());
        Assert.Equal("[]\n", other.Text());
    }

    [Fact]
    public async Task A_session_s_files_that_became_something_else_hold_no_call_up()
    {
        ShellSession session = new(fixture.Sandbox);
        await fixture.TryAsync("rm -f /tmp/.session.*; mkfifo /tmp/.session.env /tmp/.session.cwd");

        ExecResult result = await session.RunAsync(
            fixture.Call(2000), "echo still here; rm /tmp/.session.*", TimeSpan.FromSeconds(10), 1000,
            TestContext.Current.CancellationToken);

        Assert.Equal("still here\n", result.Text());
        Assert.False(result.TimedOut);
    }

    [Fact]
    public async Task An_argument_that_no_program_can_be_given_is_the_agent_s_mistake()
    {
        ExecResult result = await fixture.Sandbox.ExecAsync(
            new ExecRequest
            {
                Call = fixture.Call(3000), Arguments = ["bash", "-c", "echo a\0b"], Timeout = TimeSpan.FromSeconds(5),
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(126, result.ExitCode);
        Assert.Contains("NUL", result.ErrorText(), StringComparison.Ordinal);
    }
}
