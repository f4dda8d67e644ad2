using System.Net;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class ScanDetectorTests
{
    [Theory]
    [InlineData("F")]
    [InlineData("")]
    [InlineData("FPU")]
    public void Three_packets_that_no_stack_sends_are_a_scan(string flags)
    {
        CaptureScene scene = new();

        scene.Probe("203.0.113.7", 80, flags).Probe("203.0.113.7", 443, flags).Probe("203.0.113.7", 443, flags);
        Assert.Empty(scene.Findings);
        scene.Probe("203.0.113.7", 445, flags);

        Finding finding = Assert.Single(scene.High);
        Assert.Equal((Category.Probing, 3), (finding.Category, finding.Evidence.Length));
    }

    [Fact]
    public void Fifteen_ports_in_vain_are_a_scan_and_fourteen_are_not()
    {
        CaptureScene scene = new();

        Ports(scene, 14, 1);
        Assert.Empty(scene.Findings);
        scene.Probe("203.0.113.7", 999);

        Assert.Single(scene.High);
    }

    [Fact]
    public void A_slow_scan_is_found_within_the_hour()
    {
        CaptureScene scene = new();

        Ports(scene, 100, 30);

        Assert.Single(scene.High);
    }

    [Theory]
    [InlineData("10.1.2.", Severity.High)]
    [InlineData("203.0.113.", Severity.Medium)]
    public void One_port_of_many_hosts_is_a_scan(string network, Severity severity)
    {
        CaptureScene scene = new();

        for (int host = 1; host <= 25; host++)
        {
            scene.Probe($"{network}{host}", 22);
        }

        Assert.Equal(severity, Assert.Single(scene.Findings).Severity);
    }

    [Fact]
    public void A_dead_server_tried_again_and_again_is_no_scan()
    {
        CaptureScene scene = new();

        for (int index = 0; index < 200; index++)
        {
            scene.Probe("203.0.113.7", 5432).Probe("203.0.113.8", 5432);
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void Failures_far_apart_are_no_scan()
    {
        CaptureScene scene = new();

        Ports(scene, 60, 60);

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void Conversations_with_many_ports_and_hosts_are_no_scan()
    {
        CaptureScene scene = new();

        for (int index = 1; index <= 250; index++)
        {
            scene.Add(new Fact.FlowOpened(
                new FlowId($"1.f{index}"), CaptureScene.At("192.0.2.9", 40_000),
                CaptureScene.At($"203.0.113.{index}", 1000 + index), Transport.Tcp, null));
        }

        Assert.Empty(scene.Findings);
    }

    [Theory]
    [InlineData("203.0.113.7", true)]
    [InlineData("198.18.0.7", true)]
    [InlineData("127.0.0.1", false)]
    public void A_sandbox_that_walks_the_ports_of_a_host_outside_is_scanning(string host, bool found)
    {
        Scene scene = new();

        for (int port = 20; port < 35; port++)
        {
            // Issued: the probing detector does not count it.
            scene.Add(new Fact.DnsAsked("scanme.example", "A", "synthetic address", "198.18.0.7", false));
            scene.Add(new Fact.ConnectAttempted(CaptureScene.At(host, port), Transport.Tcp));
        }

        Assert.Equal(found, scene.High.Any());
    }

    [Fact]
    public void What_has_no_call_in_a_run_was_not_done_by_an_agent()
    {
        Scene scene = new();

        for (int port = 20; port < 60; port++)
        {
            scene.Add(new Fact.ConnectAttempted(CaptureScene.At("203.0.113.7", port), Transport.Tcp), canary: true);
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void Fetching_files_by_ftp_is_no_scan()
    {
        Scene scene = new();
        Connect(scene, "203.0.113.7", 21);

        for (int file = 0; file < 100; file++)
        {
            Connect(scene, "203.0.113.7", 40_000 + file);
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void A_node_that_looks_for_its_peers_is_no_scan_of_a_sandbox()
    {
        Scene scene = new();

        for (int peer = 1; peer <= 200; peer++)
        {
            Connect(scene, $"203.0.113.{peer}", 8333);
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void Neighbours_outside_tried_one_after_another_are_suspect()
    {
        Scene scene = new();

        for (int host = 1; host <= 25; host++)
        {
            Connect(scene, $"203.0.113.{host}", 445);
        }

        Assert.Equal(Severity.Medium, Assert.Single(scene.Findings).Severity);
    }

    private static void Ports(CaptureScene scene, int count, double afterSeconds)
    {
        for (int port = 1; port <= count; port++)
        {
            scene.Probe("203.0.113.7", port, "S", afterSeconds);
        }
    }

    private static void Connect(Scene scene, string address, int port) =>
        scene.Add(new Fact.ConnectAttempted(new Endpoint(IPAddress.Parse(address), port), Transport.Tcp));
}
