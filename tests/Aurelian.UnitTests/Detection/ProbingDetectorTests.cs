using System.Net;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class ProbingDetectorTests
{
    [Fact]
    public void Twelve_internal_addresses_and_ports_in_fifteen_seconds_are_probing()
    {
        Scene scene = new();

        Probe(scene, 11);
        Assert.Empty(scene.Findings);
        Probe(scene, 12);

        Finding finding = Assert.Single(scene.High);
        Assert.Equal((Category.Probing, 12), (finding.Category, finding.Evidence.Length));
    }

    [Fact]
    public void Slow_probing_is_found_by_thirty_two_in_an_episode()
    {
        Scene scene = new();

        for (int index = 1; index <= 31; index++)
        {
            Connect(scene, $"192.168.1.{index}", 22);
            scene.Tick(5);
        }

        Assert.Empty(scene.Findings);
        Connect(scene, "192.168.1.200", 22);
        Assert.Single(scene.High);
    }

    [Fact]
    public void The_same_target_counts_once_however_it_was_seen()
    {
        Scene scene = new();

        for (int index = 0; index < 50; index++)
        {
            Connect(scene, "10.0.0.1", 80);
            scene.Flow("10.0.0.1", 80);
            scene.Add(new Fact.PacketRefused(default, To("10.0.0.1", 80), Transport.Udp, "x"));
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void Any_protocol_counts()
    {
        Scene scene = new();

        for (int index = 1; index <= 6; index++)
        {
            scene.Add(new Fact.DatagramSent(To($"10.0.0.{index}", 161), Transport.Udp));
            scene.Add(new Fact.PacketRefused(default, To($"10.0.1.{index}", 0), Transport.Icmp, "x"));
        }

        Assert.Single(scene.High);
    }

    [Fact]
    public void Issued_addresses_loopback_the_resolver_and_the_outside_do_not_count()
    {
        Scene scene = new();

        for (int index = 1; index <= 40; index++)
        {
            string issued = $"198.18.0.{index}";
            scene.Add(new Fact.DnsAsked($"h{index}.example", "A", "synthetic address", issued, false));
            Connect(scene, issued, 443);
            Connect(scene, $"127.0.0.{index}", 8000 + index);
            Connect(scene, $"203.0.113.{index}", 443);
            Connect(scene, "100.127.255.53", 53);
        }

        Assert.DoesNotContain(scene.Findings, finding => finding.Rule == "probing-internal");
        Assert.Empty(scene.High);
    }

    [Fact]
    public void Canaries_do_not_count()
    {
        Scene scene = new();

        for (int index = 1; index <= 40; index++)
        {
            scene.Add(new Fact.PacketRefused(default, To($"10.0.0.{index}", 1), Transport.Udp, "x"), canary: true);
        }

        Assert.Empty(scene.Findings);
    }

    [Theory]
    [InlineData("10.0.0.0/24", true)]
    [InlineData("192.168.1.7", true)]
    [InlineData("github.example", false)]
    public void Collecting_keys_of_internal_hosts_is_probing(string target, bool found)
    {
        Scene scene = new();

        scene.Exec(11, "ssh-keyscan", "-T", "2", target);

        Assert.Equal(found, scene.High.Any());
    }

    private static void Probe(Scene scene, int count)
    {
        for (int index = 1; index <= count; index++)
        {
            Connect(scene, $"10.77.0.{index}", 22);
        }
    }

    private static void Connect(Scene scene, string address, int port) =>
        scene.Add(new Fact.ConnectAttempted(To(address, port), Transport.Tcp));

    private static Endpoint To(string address, int port) => new(IPAddress.Parse(address), port);
}
