using System.Collections.Immutable;
using System.Net;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class AnonymiserDetectorTests
{
    private static readonly Endpoint From = new(IPAddress.Parse("100.64.0.2"), 40_000);

    [Theory]
    [InlineData(ProtocolNames.WireGuard, 5.2)]
    [InlineData(ProtocolNames.OpenVpn, 2)]
    public void A_refused_handshake_that_is_repeated_is_a_tunnel_tried(string protocol, double pause)
    {
        Scene scene = new Scene().Add(Refused(protocol, 7));
        Assert.Equal(Severity.Low, Assert.Single(scene.Findings).Severity);

        Wait(scene, pause).Add(Refused(protocol, 7));
        Wait(scene, pause).Add(Refused(protocol, 7));

        Finding finding = Assert.Single(scene.Findings, finding => finding.Severity == Severity.Medium);
        Assert.Equal((Category.Tunnel, "tunnel-anonymiser"), (finding.Category, finding.Rule));
        Assert.Equal(2, finding.Evidence.Length);
        Assert.Equal(2, scene.Findings.Count);
    }

    /// <summary>Whatever carries data in datagrams of that form sends them as it has them.</summary>
    [Theory]
    [InlineData(ProtocolNames.WireGuard)]
    [InlineData(ProtocolNames.OpenVpn)]
    public void What_comes_oftener_or_goes_elsewhere_is_not_repeated(string protocol)
    {
        Scene scene = new();
        for (int number = 0; number < 30; number++)
        {
            Wait(scene, 0.5).Add(Refused(protocol, 7));
        }

        Wait(scene, 10).Add(Refused(protocol, 8));

        Assert.Equal(Severity.Low, Assert.Single(scene.Findings).Severity);
    }

    [Theory]
    [InlineData(ProtocolNames.Quic, "www.example.org")]
    [InlineData(ProtocolNames.Dtls, null)]
    [InlineData(ProtocolNames.Stun, null)]
    [InlineData(ProtocolNames.Dns, "example.org")]
    [InlineData(null, null)]
    public void Honest_datagrams_that_are_refused_are_nothing(string? protocol, string? name)
    {
        Scene scene = new();
        for (int number = 0; number < 10; number++)
        {
            Wait(scene, 5).Add(Refused(protocol, 7, name));
        }

        Assert.Empty(scene.Findings);
    }

    [Theory]
    [InlineData("region1.v2.argotunnel.com", "tunnel-service", Severity.Medium)]
    [InlineData("eu.nanopool.org", "mining-pool-name", Severity.Low)]
    [InlineData("metadata.google.internal", "metadata-access", Severity.High)]
    [InlineData("abcdefgh.onion", "tunnel-anonymiser", Severity.Medium)]
    public void A_name_that_a_refused_datagram_asks_for_counts_as_any_other(string name, string rule, Severity severity)
    {
        Scene scene = new Scene().Add(Refused(ProtocolNames.Quic, 7, name));

        Finding finding = Assert.Single(scene.Findings);
        Assert.Equal((rule, severity), (finding.Rule, finding.Severity));
    }

    [Fact]
    public void An_opening_comes_back_from_the_timeline_as_it_was()
    {
        Fact.PacketRefused refused = Refused(ProtocolNames.Quic, 7, "a.example");

        Fact.PacketRefused read = Assert.IsType<Fact.PacketRefused>(EventJson.ReadFact(EventJson.Write(refused)));

        Assert.Equal(
            ("quic", "hello", "a.example"), (read.Opening?.Protocol, read.Opening?.Method, read.Opening?.Name));
        Assert.Equal("ech", Assert.Single(read.Opening!.Traits));
        Assert.Null(((Fact.PacketRefused)EventJson.ReadFact(EventJson.Write(Refused(null, 7)))).Opening);
    }

    private static Scene Wait(Scene scene, double seconds)
    {
        scene.NowNs += (long)(seconds * 1e9);
        return scene;
    }

    private static Fact.PacketRefused Refused(string? protocol, int host, string? name = null) => new(
        From, new Endpoint(new IPAddress([203, 0, 113, (byte)host]), 51820), Transport.Udp, "only TCP is carried",
        protocol is null ? null : new DatagramOpening(protocol, "hello", name, (ImmutableArray<string>)["ech"]));
}
