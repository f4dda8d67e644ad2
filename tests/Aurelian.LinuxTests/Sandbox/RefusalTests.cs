using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

/// <summary>Refused system calls: answered, told under their call, and bounded however hard a program tries.</summary>
public sealed class RefusalTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private const string Bpf = "import ctypes; c = ctypes.CDLL(None).syscall; c(321, 0, 0, 0)";
    private static readonly ToolCallId FirstCall = new("c1");

    [Theory]
    [InlineData("import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "socket", "AF_PACKET")]
    [InlineData("import socket; socket.socket(40, socket.SOCK_STREAM)", "socket", "AF_VSOCK")]
    [InlineData("import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)", "socket", "AF_INET SOCK_RAW")]
    [InlineData("import ctypes; ctypes.CDLL(None).unshare(0x10000000)", "unshare", "CLONE_NEWUSER")]
    [InlineData("import ctypes; ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, None)", "mount", "")]
    public async Task It_is_told_under_the_call_that_tried(string program, string syscall, string detail)
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        await sandbox.ShellAsync(1, "true");

        await sandbox.ExecAsync(Python(sandbox, 2, program), TestContext.Current.CancellationToken);
        await fixture.Host.DrainAsync(TestContext.Current.CancellationToken);

        (Subject subject, Fact.SyscallRefused fact) = Assert.Single(Refused(sandbox));
        Assert.Equal(syscall, fact.Syscall);
        Assert.Equal(detail, fact.Detail);
        Assert.Equal($"{sandbox.Id}.c2", subject.Call?.Value);
        Assert.True(subject.Pid > 1);
    }

    [Fact]
    public async Task Io_uring_looks_absent_so_that_programs_fall_back()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        ExecResult result = await sandbox.ExecAsync(
            Python(sandbox, 1, """
                import ctypes, errno
                libc = ctypes.CDLL(None, use_errno=True)
                print(libc.syscall(425, 4, 0), ctypes.get_errno() == errno.ENOSYS)
                """),
            TestContext.Current.CancellationToken);

        Assert.Equal("-1 True\n", result.Text());
    }

    [Fact]
    public async Task A_flood_is_told_in_part_and_summed_up()
    {
        const int tries = 20_000;
        await using ISandbox sandbox = await fixture.CreateAsync();

        await sandbox.ExecAsync(
            Python(sandbox, 1, $"{Bpf}\nfor i in range({tries - 1}): c(321, 0, 0, 0)"),
            TestContext.Current.CancellationToken);
        await fixture.Host.DrainAsync(TestContext.Current.CancellationToken);

        int told = Refused(sandbox).Count();
        Fact.Gap[] gaps = [.. Gaps(sandbox)];
        Assert.InRange(told, 1, 1000);
        Assert.Equal(tries, told + gaps.Sum(gap => gap.Dropped));
        Assert.All(gaps, gap => Assert.True(gap.CausedBySandbox));
        Assert.InRange(gaps.Length, 1, 40);
    }

    [Fact]
    public async Task A_program_killed_in_the_middle_of_refusals_still_ends_its_call()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();

        for (int number = 1; number <= 5; number++)
        {
            ExecResult result = await sandbox.ExecAsync(
                Python(sandbox, number, $"{Bpf}\nwhile True: c(321, 0, 0, 0)") with
                {
                    Timeout = TimeSpan.FromSeconds(0.2),
                },
                TestContext.Current.CancellationToken);

            Assert.True(result.TimedOut);
        }
    }

    [Fact]
    public async Task What_a_call_left_running_is_told_as_that_call_s()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        await sandbox.ShellAsync(
            1, $"(while [ ! -e go ]; do sleep 0.01; done; python3 -c '{Bpf}'; touch done) >/dev/null 2>&1 &");

        await sandbox.ShellAsync(2, "touch go; while [ ! -e done ]; do sleep 0.01; done");
        await fixture.Host.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal($"{sandbox.Id}.{FirstCall}", Assert.Single(Refused(sandbox)).Subject.Call?.Value);
    }

    /// <summary>Episodes end side by side, and each drains every call that lives.</summary>
    [Fact]
    public async Task Many_may_ask_one_call_at_once_and_each_is_answered()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        await sandbox.ShellAsync(1, "sleep 60 >/dev/null 2>&1 &");

        for (int round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
                await fixture.Host.DrainAsync(TestContext.Current.CancellationToken))))
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    private IEnumerable<(Subject Subject, Fact.SyscallRefused Fact)> Refused(ISandbox sandbox) =>
        fixture.Sink.Of<Fact.SyscallRefused>().Where(each => each.Subject.Sandbox == sandbox.Id);

    private IEnumerable<Fact.Gap> Gaps(ISandbox sandbox) =>
        fixture.Sink.Of<Fact.Gap>().Where(each => each.Subject.Sandbox == sandbox.Id).Select(each => each.Fact);

    private static ExecRequest Python(ISandbox sandbox, int number, string program) => new()
    {
        Call = ToolCallId.Numbered(new EpisodeId(sandbox.Id.Value), number),
        Arguments = ["python3", "-c", program],
        Timeout = TimeSpan.FromSeconds(30),
    };
}
