using System.Net;
using System.Net.Sockets;
using System.Text;
using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;
using Aurelian.Sensors;

namespace Aurelian.LinuxTests.Sensors;

public sealed class KernelSensorTests : IAsyncLifetime
{
    /// <summary>A tenth of a run's: however busy the machine is, a flood is more.</summary>
    private const int EventsPerSecond = 2000;

    private readonly SandboxFixture _fixture = new();
    private readonly KernelSensor _sensor;
    private ISandbox _sandbox = null!;

    public KernelSensorTests() => _sensor = KernelSensor.Start(
        NativeFolder.Find(), _fixture.Host.Cgroup2Root, _fixture.Directory, _fixture.Sink, TimeProvider.System,
        EventsPerSecond);

    public async ValueTask InitializeAsync() => _sandbox = await _fixture.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _sensor.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public void Every_hook_works_on_this_kernel() =>
        Assert.Empty(_sensor.Hooks.Where(hook => hook.Problem is not null));

    [Fact]
    public async Task An_exec_is_told_with_its_real_path_argv_and_call()
    {
        ExecResult said = await _sandbox.ShellAsync(1, "id -u; exec -a innocent /usr/bin/sleep 0.05");
        await DrainAsync();

        (Subject subject, Fact.ProcessExecuted executed) = _fixture.Sink.Of<Fact.ProcessExecuted>()
            .Single(entry => entry.Fact.Arguments.SequenceEqual(["innocent", "0.05"]));
        Assert.Equal("/usr/bin/sleep", executed.Executable);
        Assert.Equal(Encoding.UTF8.GetString(said.Output.Span).Trim() is var user && user == "0" ? "root" : user,
            executed.User);
        Assert.Equal("e1.c1", subject.Call?.Value);
        Assert.Contains(_fixture.Sink.Of<Fact.ProcessExited>(), entry => entry.Subject.Pid == subject.Pid);
    }

    [Fact]
    public async Task Long_arguments_are_kept_to_a_bound_and_marked()
    {
        await _sandbox.ShellAsync(1, $"/bin/echo {new string('x', 5000)} end");
        await DrainAsync();

        Fact.ProcessExecuted echo = _fixture.Sink.Of<Fact.ProcessExecuted>()
            .Select(entry => entry.Fact).First(fact => fact.Arguments[0] == "/bin/echo");
        Assert.True(echo.ArgumentsCut);
        Assert.InRange(echo.Arguments[1].Length, 256, 4999);
    }

    [Fact]
    public async Task A_daemon_of_call_1_acts_under_call_1_while_call_2_runs()
    {
        await _sandbox.ShellAsync(1, "(setsid bash -c 'sleep 0.5; exec /usr/bin/env true' >/dev/null 2>&1 &); true");
        await _sandbox.ShellAsync(2, "sleep 1");
        await DrainAsync();

        Subject acted = _fixture.Sink.Of<Fact.ProcessExecuted>()
            .Single(entry => entry.Fact.Executable == "/usr/bin/env").Subject;
        Assert.Equal("e1.c1", acted.Call?.Value);
    }

    [Fact]
    public async Task A_program_without_a_name_is_told_as_such()
    {
        await _sandbox.ShellAsync(1, """
            python3 - <<'X'
            import os, shutil
            fd = os.memfd_create("hidden")
            os.write(fd, open("/usr/bin/true", "rb").read())
            pid = os.fork()
            if pid == 0:
                os.execve(fd, ["kworker"], {})
            os.waitpid(pid, 0)
            X
            cp /usr/bin/sleep ./gone; ./gone 0.2 & rm gone; wait
            """);
        await DrainAsync();

        Fact.ProcessExecuted[] executed = [.. _fixture.Sink.Of<Fact.ProcessExecuted>().Select(entry => entry.Fact)];
        Assert.Contains(executed, fact => fact.Deleted && fact.Arguments[0] == "kworker");
    }

    [Fact]
    public async Task Connects_binds_listens_and_datagrams_are_told_before_a_packet()
    {
        await _sandbox.ShellAsync(1, """
            python3 - <<'X'
            import socket
            for address in [("10.1.2.3", 80), ("::1", 81)]:
                s = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET); s.settimeout(0.2)
                try: s.connect(address)
                except OSError: pass
            u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try: u.sendto(b"x", ("10.1.2.4", 5353))
            except OSError: pass
            l = socket.socket(); l.bind(("0.0.0.0", 8099)); l.listen()
            X
            """);
        await DrainAsync();

        Assert.Contains(_fixture.Sink.Of<Fact.ConnectAttempted>(), entry =>
            entry.Fact.Destination.ToString() == "10.1.2.3:80" && entry.Subject.Call?.Value == "e1.c1");
        Assert.Contains(_fixture.Sink.Of<Fact.ConnectAttempted>(), entry =>
            entry.Fact.Destination == new Endpoint(IPAddress.IPv6Loopback, 81));
        Assert.Contains(_fixture.Sink.Of<Fact.DatagramSent>(), entry =>
            entry.Fact.Destination.ToString() == "10.1.2.4:5353");
        Assert.Contains(_fixture.Sink.Of<Fact.SocketListened>(), entry => entry.Fact.Local.Port == 8099);
    }

    [Fact]
    public async Task An_attempt_at_a_local_socket_is_told_by_path_and_by_abstract_name()
    {
        await _sandbox.ShellAsync(1, """
            python3 - <<'X'
            import socket
            for name in ("/run/docker.sock", "\0hidden"):
                try: socket.socket(socket.AF_UNIX).connect(name)
                except OSError: pass
            X
            """);
        await DrainAsync();

        Assert.Equal(["/run/docker.sock", "@hidden"], _fixture.Sink.Of<Fact.LocalSocketConnected>()
            .Where(entry => entry.Subject.Call?.Value == "e1.c1").Select(entry => entry.Fact.Path).TakeLast(2));
    }

    [Fact]
    public async Task One_sandbox_that_floods_makes_a_gap_of_its_own_and_blinds_nobody()
    {
        await using ISandbox quiet = await _fixture.CreateAsync();
        Task<ExecResult> flood = _sandbox.ShellAsync(1, """
            python3 - <<'X'
            import socket, time
            u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            end = time.time() + 3
            n = 0
            while time.time() < end:
                n += 1
                try: u.sendto(b"x", ("10.%d.%d.%d" % (n >> 16 & 255, n >> 8 & 255, n & 255), 1 + n % 60000))
                except OSError: pass
            X
            """);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        await quiet.ShellAsync(1, "for i in $(seq 50); do /usr/bin/true; done");
        await flood;
        await DrainAsync();

        int told = _fixture.Sink.Of<Fact.ProcessExecuted>()
            .Count(entry => entry.Subject.Sandbox == quiet.Id && entry.Fact.Executable == "/usr/bin/true");
        Assert.Equal(50, told);
        Assert.DoesNotContain(_fixture.Sink.Of<Fact.Gap>(), gap => gap.Subject.Sandbox == quiet.Id
            || !gap.Fact.CausedBySandbox);
        Assert.Contains(_fixture.Sink.Of<Fact.Gap>(), gap => gap.Subject.Sandbox == _sandbox.Id);
    }

    private async Task DrainAsync()
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(5));
        await _sensor.DrainAsync(deadline.Token);
    }
}
