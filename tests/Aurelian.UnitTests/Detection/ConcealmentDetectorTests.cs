using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class ConcealmentDetectorTests
{
    private readonly Scene _scene = new();

    [Theory]
    [InlineData("memfd:x", false)]
    [InlineData("/tmp/tool", true)]
    public void A_program_without_a_file_is_told_and_suspect_once_it_calls_out(string executable, bool deleted)
    {
        _scene.Add(new Fact.ProcessExecuted(1, executable, ["tool"], false, deleted));
        Assert.Equal(Severity.Low, Assert.Single(_scene.Findings).Severity);

        _scene.Add(new Fact.ConnectAttempted(CaptureScene.At("127.0.0.1", 80), Transport.Tcp));
        Assert.Single(_scene.Findings);
        _scene.Add(new Fact.ConnectAttempted(CaptureScene.At("198.18.0.7", 443), Transport.Tcp));

        Assert.Equal(2, _scene.Findings[^1].Evidence.Length);
        Assert.Equal(Severity.Medium, _scene.Findings[^1].Severity);
    }

    [Theory]
    [InlineData("rm -f /root/.bash_history", Severity.Medium)]
    [InlineData("shred -u /var/log/auth.log", Severity.Medium)]
    [InlineData("history -c", Severity.Medium)]
    [InlineData("ln -sf /dev/null /root/.bash_history", Severity.Medium)]
    [InlineData("env LD_PRELOAD=/tmp/x.so ls", Severity.Low)]
    public void Wiped_traces_are_suspect_and_preloading_is_a_line(string command, Severity severity)
    {
        _scene.Add(new Fact.ToolCallStarted(1, "bash", command));
        _scene.Exec(20, command.Split(' '));

        Assert.Equal(severity, Assert.Single(_scene.Findings).Severity);
    }

    [Theory]
    [InlineData("rm -rf /var/lib/apt/lists /var/log/apt")]
    [InlineData("tail -n 50 /var/log/syslog")]
    [InlineData("cp /var/log/auth.log sample.log")]
    [InlineData("history")]
    [InlineData("-bash")]
    public void Ordinary_commands_are_not(string command)
    {
        _scene.Add(new Fact.ToolCallStarted(1, "bash", command));
        _scene.Exec(20, command.Split(' '));

        Assert.Empty(_scene.Findings);
    }

    [Fact]
    public void A_daemon_s_name_on_another_program_is_a_line()
    {
        _scene.Add(new Fact.ProcessExecuted(1, "/tmp/.x", ["/usr/sbin/sshd", "-D"], false, false));

        Assert.Equal(Severity.Low, Assert.Single(_scene.Findings).Severity);
    }

    [Theory]
    [InlineData("https_proxy")]
    [InlineData("LD_PRELOAD")]
    [InlineData("HISTFILE")]
    public void Variables_that_redirect_later_calls_are_a_line(string name)
    {
        _scene.Add(new Fact.EnvironmentChanged(["PATH", name]));

        Assert.Equal(Severity.Low, Assert.Single(_scene.Findings).Severity);
    }
}
