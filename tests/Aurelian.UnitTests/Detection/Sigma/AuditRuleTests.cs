using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection.Sigma;

/// <summary>Rules for <c>service: auditd</c>, in the shapes that published collections have.</summary>
public sealed class AuditRuleTests
{
    internal static string Rule(string selection, string condition = "selection") =>
        SigmaScene.Rule(selection, condition).Replace(
            "category: process_creation", "service: auditd", StringComparison.Ordinal);

    private static SigmaScene Scene(string selection, string condition = "selection")
    {
        SigmaScene scene = new(Rule(selection, condition));
        Assert.Empty(scene.Rules.Refusals);
        return scene;
    }

    private static bool Starts(string selection, string image, params string[] words) =>
        Scene(selection).Exec(10, image, words).Findings.Count > 0;

    [Theory]
    [InlineData("type: 'EXECVE'\n    a0|contains: [mount, swapon]", true)]
    [InlineData("type: 'execve'\n    a0: mount\n    a1: '-o'", true)]
    [InlineData("a2|startswith: 'remo'", true)]
    [InlineData("TYPE: EXECVE\n    A3|endswith: /mnt", true)]
    [InlineData("type: EXECVE\n    a3|exists: true\n    a4|exists: false", true)]
    [InlineData("type: EXECVE\n    a1: '-t'", false)]
    [InlineData("type: EXECVE\n    a0: mount -o", false)]
    [InlineData("type: EXECVE\n    a4|contains: x", false)]
    public void Arguments_are_asked_for_one_by_one(string selection, bool found) => Assert.Equal(
        found, Starts("selection:\n    " + selection, "/usr/bin/mount", "mount", "-o", "remount,rw", "/mnt"));

    [Theory]
    [InlineData("umount /dev/sda of=x", true)]
    [InlineData("umount of=x", false)]
    [InlineData("mount /dev/sdb", false)]
    public void Keywords_are_sought_in_all_arguments(string line, bool found) => Assert.Equal(found, Scene(
        "record:\n    type: EXECVE\nwords:\n    '|all': [umount, /dev/]", "record and words")
        .Exec(10, "/usr/bin/x", line.Split(' ')).Findings.Count > 0);

    [Theory]
    [InlineData("type: SYSCALL\n    comm: modprobe\n    exe: /usr/bin/kmod", true)]
    [InlineData("type: SYSCALL\n    SYSCALL: [execve, execveat]\n    uid: 0", true)]
    [InlineData("type: SYSCALL\n    syscall: execve\n    cwd: /work\n    pid: 10", true)]
    [InlineData("type: SYSCALL\n    syscall: connect", false)]
    [InlineData("type: SYSCALL\n    comm: kmod", false)]
    public void A_start_is_a_call_of_a_program(string selection, bool found) => Assert.Equal(
        found, Starts("selection:\n    " + selection, "/usr/bin/kmod", "/usr/sbin/modprobe", "x"));

    [Fact]
    public void The_name_of_a_thread_has_fifteen_letters() => Assert.True(Starts(
        "selection:\n    comm: gnome-terminal-", "/usr/libexec/gnome-terminal-server", "gnome-terminal-server"));

    [Fact]
    public void A_file_that_is_written_or_run_has_a_path()
    {
        SigmaScene scene = Scene("selection:\n    type: PATH\n    name|startswith: ['/etc/init.d/', '/opt/.']");

        scene.Add(new Fact.FileOpenedForWriting("/etc/init.d/x")).Exec(11, 12, "/opt/.y", ["y"], call: "e1.c2")
            .Add(new Fact.FileOpenedForWriting("/etc/init"), call: "e1.c3");

        Assert.Equal(2, scene.Findings.Count);
        Assert.Equal("A test rule: /etc/init.d/x", scene.Findings[0].Explanation);
    }

    [Fact]
    public void Records_of_several_types_make_one_rule()
    {
        SigmaScene scene = Scene("""
            files:
                type: PATH
                name: /etc/aliases
            tool:
                type: EXECVE
                a0: newaliases
            """, "files or tool");

        scene.Add(new Fact.FileOpenedForWriting("/etc/aliases"))
            .Exec(1, 12, "/usr/bin/newaliases", ["newaliases"], call: "e1.c2");

        Assert.Equal(["r0", "r0"], scene.Found);
    }

    [Fact]
    public void A_connection_is_a_call_of_the_program_that_tries_it()
    {
        SigmaScene scene = Scene("selection:\n    type: SYSCALL\n    syscall: connect\n    exe|startswith: /tmp/");

        scene.Exec(20, "/tmp/x", "x");
        Assert.Empty(scene.Findings);
        scene.Add(new Fact.ConnectAttempted(new Endpoint(IPAddress.Parse("203.0.113.7"), 80), Transport.Tcp), 20);

        Assert.Equal("A test rule: /tmp/x – /tmp/x", Assert.Single(scene.Findings).Explanation);
    }

    [Fact]
    public void Commands_in_a_trajectory_are_records_too() => Assert.Single(
        Scene("selection:\n    type: EXECVE\n    a0: shred\n    a1: '-u'").Add(
            new Fact.ToolCallStarted(1, "bash", "cd /x && shred -u y"), log: true).Findings);

    [Theory]
    [InlineData("type: SERVICE_STOP\n    unit: x", "type 'SERVICE_STOP'")]
    [InlineData("type: [EXECVE, TTY]", "type 'TTY'")]
    [InlineData("type|contains: EXEC\n    a0: x", "only whole values")]
    [InlineData("type: SYSCALL\n    syscall: mknod", "syscall 'mknod'")]
    [InlineData("type: SYSCALL\n    syscall: execveat", "syscall 'execveat'")]
    [InlineData("type: SYSCALL\n    a0: 26", "field 'a0' of type 'SYSCALL'")]
    [InlineData("type: PATH\n    nametype: CREATE", "field 'nametype'")]
    [InlineData("type: SYSCALL\n    key: my_key", "field 'key'")]
    [InlineData("type: EXECVE\n    a16: x", "field 'a16'")]
    [InlineData("type: EXECVE\n    CommandLine: x", "field 'CommandLine'")]
    public void What_no_fact_tells_is_refused_by_name(string selection, string reason) => Assert.Contains(
        reason, SigmaScene.Refused(Rule("selection:\n    " + selection)), StringComparison.Ordinal);
}
