using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Hosts;

public sealed class HostLogTests
{
    [Fact]
    public void Falco_tells_its_alert_and_the_act_behind_it()
    {
        Reads reads = Reads.OfSample("falco.jsonl");

        Fact.ProcessExecuted executed = reads.One<Fact.ProcessExecuted>();
        Assert.Equal(["ssh", "-R", "80:a:1", "h"], executed.Arguments);
        Assert.Equal("dev", executed.User);
        Assert.Equal(new Subject(Sandbox: new SandboxId("abc"), Pid: 77),
            reads.ReadingOf<Fact.ProcessExecuted>().Observation.Subject);
        Assert.Equal("203.0.113.7:443", reads.One<Fact.ConnectAttempted>().Destination.ToString());
        Assert.Null(reads.ReadingOf<Fact.ConnectAttempted>().Observation.Subject.Sandbox);
        Assert.Equal(2, reads.All<Fact.AlertSeen>().Count());
    }

    [Theory]
    [InlineData("\"evt.type\":\"openat\",\"evt.is_open_write\":true", true)]
    [InlineData("\"evt.type\":\"openat\",\"evt.arg.flags\":\"O_LARGEFILE|O_TRUNC|O_CREAT|O_WRONLY\"", true)]
    [InlineData("\"evt.type\":\"creat\"", true)]
    [InlineData("\"evt.type\":\"openat\",\"evt.is_open_read\":true,\"evt.is_open_write\":false", false)]
    [InlineData("\"evt.type\":\"openat\",\"evt.arg.flags\":\"O_RDONLY|O_CLOEXEC\"", false)]
    [InlineData("\"evt.type\":\"openat\"", false)]
    public void Falco_s_open_is_a_write_only_where_it_says_so(string fields, bool written)
    {
        Reads reads = Reads.Of("{\"time\":\"2026-01-15T10:00:01Z\",\"rule\":\"Read\",\"priority\":\"Notice\","
            + "\"output\":\"x\",\"output_fields\":{\"fd.name\":\"/etc/cron.d/x\"," + fields + "}}");

        Assert.Equal(written ? 1 : 0, reads.All<Fact.FileOpenedForWriting>().Count());
    }

    [Fact]
    public void Tetragon_tells_processes_and_connections()
    {
        Reads reads = Reads.OfSample("tetragon.jsonl");

        Assert.Equal("tetragon", reads.Kind);
        Assert.Equal(["/usr/bin/nc", "-l", "80"], reads.One<Fact.ProcessExecuted>().Arguments);
        Assert.Equal("root", reads.One<Fact.ProcessExecuted>().User);
        Assert.Equal(443, reads.One<Fact.ConnectAttempted>().Destination.Port);
        Assert.Equal(9, reads.One<Fact.ProcessExited>().Signal);
        Assert.Equal("connect", reads.One<Fact.AlertSeen>().Rule);
    }

    [Fact]
    public void An_audit_event_is_put_together_from_its_lines()
    {
        Reads reads = Reads.OfSample("audit.log");

        Assert.Equal("auditd", reads.Kind);
        Assert.Equal(["ssh", "-R", "80:a:1"], reads.One<Fact.ProcessExecuted>().Arguments);
        Assert.Equal("1000", reads.One<Fact.ProcessExecuted>().User);
        Assert.Equal(77, reads.ReadingOf<Fact.ProcessExecuted>().Observation.Subject.Pid);
        Assert.Equal("203.0.113.7:22", reads.One<Fact.ConnectAttempted>().Destination.ToString());
        Assert.Equal("/root/.bashrc", reads.One<Fact.FileOpenedForWriting>().Path);
        Assert.Equal(6, reads.Report.Records);
    }
}
