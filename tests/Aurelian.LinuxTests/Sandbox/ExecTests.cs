using System.Diagnostics;
using System.Text;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

public sealed class ExecTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_command_gives_its_output_and_exit_code()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ShellAsync(1, "echo out; echo err >&2; exit 3");

        Assert.Equal("out\n", result.Text());
        Assert.Equal("err\n", result.ErrorText());
        Assert.Equal(3, result.ExitCode);
        Assert.False(result.Killed);
    }

    [Fact]
    public async Task A_person_s_tools_find_a_user_a_home_a_path_and_a_nameserver()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ShellAsync(
            1, "id -un; cd && touch x && pwd; cat /etc/resolv.conf; python3 -c 'print(6*7)'; git --version");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("agent\n/home/agent\nnameserver 100.127.255.53\n", result.Text(), StringComparison.Ordinal);
        Assert.Contains("\n42\ngit version", result.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_reaches_the_command_and_bytes_stay_bytes()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        byte[] input = [0, 255, 27, (byte)'[', 200, 10];

        ExecResult result = await sandbox.ExecAsync(
            new ExecRequest
            {
                Call = new ToolCallId("e1.c1"), Arguments = ["cat"], Input = input, Timeout = TimeSpan.FromSeconds(10),
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(input, result.Output.ToArray());
    }

    [Fact]
    public async Task Output_beyond_the_bound_is_counted_and_dropped()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ExecAsync(
            new ExecRequest
            {
                Call = new ToolCallId("e1.c1"), Arguments = ["head", "-c", "50000000", "/dev/zero"],
                Timeout = TimeSpan.FromSeconds(20), OutputBytesMax = 1000,
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(1000, result.Output.Length);
        Assert.Equal(50_000_000, result.OutputBytes);
        Assert.True(result.Truncated);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_killed_with_its_children()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ShellAsync(1, "sleep 100 & sleep 100", seconds: 0.3);

        Assert.True(result.TimedOut);
        Assert.True(result.Killed);
        Assert.Null(result.ExitCode);
        Assert.Empty(sandbox.ReadUsage(new ToolCallId("e1.c1")).Pids);
    }

    [Fact]
    public async Task Arguments_of_100_kB_pass_unchanged()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        string argument = new('ä', 50_000);

        ExecResult result = await sandbox.ExecAsync(
            new ExecRequest
            {
                Call = new ToolCallId("e1.c1"), Arguments = ["printf", "%s", argument],
                Timeout = TimeSpan.FromSeconds(10),
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(argument, Encoding.UTF8.GetString(result.Output.Span));
    }

    [Fact]
    public async Task What_a_call_leaves_running_stays_in_its_cgroup_however_it_hides()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        await sandbox.ShellAsync(1, "(setsid bash -c 'exec -a kworker sleep 100' >/dev/null 2>&1 &) ; true");
        await sandbox.ShellAsync(2, "true");

        Assert.Single(sandbox.ReadUsage(new ToolCallId("e1.c1")).Pids);
        Assert.Empty(sandbox.ReadUsage(new ToolCallId("e1.c2")).Pids);
    }

    [Fact]
    public async Task A_missing_program_is_the_caller_s_mistake_not_a_failure_of_ours()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ExecAsync(
            new ExecRequest
            {
                Call = new ToolCallId("e1.c1"), Arguments = ["no-such-program"], Timeout = TimeSpan.FromSeconds(10),
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(127, result.ExitCode);
        Assert.Contains("no-such-program: No such file", result.ErrorText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_but_the_standard_streams_is_open()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ShellAsync(1, "ls /proc/self/fd");

        // 3 is the listing itself.
        Assert.Equal("0\n1\n2\n3\n", result.Text());
    }

    [Fact]
    public async Task A_call_ends_with_its_first_process_and_has_all_that_was_written_until_then()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        long start = Stopwatch.GetTimestamp();

        // The one that stays holds the pipes and goes on writing: neither waited for nor blocked.
        ExecResult result = await sandbox.ShellAsync(
            1, "(sleep 0.5; head -c 500000 /dev/zero; touch over) & head -c 60000 /dev/zero; echo last");
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        ExecResult next = await sandbox.ShellAsync(2, "while [ ! -e over ]; do sleep 0.01; done");

        Assert.EndsWith("last\n", result.Text(), StringComparison.Ordinal);
        Assert.Equal(60_005, result.OutputBytes);
        Assert.InRange(seconds, 0, 0.4);
        Assert.Equal(0, next.ExitCode);
    }

    [Fact]
    public async Task Input_that_nobody_reads_holds_nothing_up()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ExecAsync(
            new ExecRequest
            {
                Call = new ToolCallId("e1.c1"), Arguments = ["head", "-c", "3"], Input = new byte[1 << 20],
                Timeout = TimeSpan.FromSeconds(10),
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(3, result.OutputBytes);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Output_comes_in_pieces_while_the_call_runs()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        TaskCompletionSource<string> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        Task<ExecResult> running = sandbox.ExecAsync(
            new ExecRequest
            {
                Call = new ToolCallId("e1.c1"), Arguments = ["bash", "-c",
                    "echo now; while [ ! -e go ]; do sleep 0.01; done"],
                Timeout = TimeSpan.FromSeconds(10),
                OnOutput = piece => first.TrySetResult(Encoding.UTF8.GetString(piece.Bytes.Span)),
            },
            TestContext.Current.CancellationToken);
        string early = await first.Task;
        Assert.False(running.IsCompleted);
        await sandbox.ShellAsync(2, "touch go");

        Assert.Equal("now\n", early);
        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task Many_calls_run_at_once_and_keep_their_output_apart()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult[] results = await Task.WhenAll(
            Enumerable.Range(1, 40).Select(number => sandbox.ShellAsync(number, $"echo {number}; exit {number}")));

        Assert.Equal(Enumerable.Range(1, 40), results.Select(result => result.ExitCode!.Value));
        Assert.Equal(Enumerable.Range(1, 40).Select(number => $"{number}\n"), results.Select(result => result.Text()));
    }

    [Fact]
    public async Task A_program_may_open_its_streams_again_by_name()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ShellAsync(1, "echo out >/dev/stdout; echo err | tee /dev/stderr >/dev/null");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("out\n", result.Text());
        Assert.Equal("err\n", result.ErrorText());
    }

    [Fact]
    public async Task Memory_running_out_ends_a_call_before_the_host()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        Assert.Equal("500\n", (await sandbox.ShellAsync(1, "cat /proc/self/oom_score_adj")).Text());
    }

    [Fact]
    public async Task A_shell_session_carries_folder_and_environment_over()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        ShellSession session = new(sandbox);
        TimeSpan timeout = TimeSpan.FromSeconds(10);

        await session.RunAsync(
            new ToolCallId("e1.c1"), "mkdir -p a/b; cd a/b; export COLOUR='dark \"red\"'", timeout, 1000,
            TestContext.Current.CancellationToken);
        ExecResult result = await session.RunAsync(
            new ToolCallId("e1.c2"), "pwd; echo $COLOUR; exit 4", timeout, 1000, TestContext.Current.CancellationToken);

        Assert.Equal("/workspace/a/b\ndark \"red\"\n", result.Text());
        Assert.Equal(4, result.ExitCode);
    }
}
