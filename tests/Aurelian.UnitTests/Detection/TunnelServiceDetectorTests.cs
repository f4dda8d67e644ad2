using System.Text;
using Aurelian.Events;
using Aurelian.Protocols;

namespace Aurelian.UnitTests.Detection;

public sealed class TunnelServiceDetectorTests
{
    [Theory]
    [InlineData("connect.ngrok-agent.com", true)]
    [InlineData("region1.v2.argotunnel.com", true)]
    [InlineData("localtunnel.me", true)]
    [InlineData("notngrok-agent.com", false)]
    [InlineData("mysite.trycloudflare.com", false)] // what a tunnel shows is open to every visitor
    [InlineData("ngrok.com", false)] // its documentation
    [InlineData("registry.npmjs.org", false)]
    public void The_entrance_of_a_service_is_suspect_by_question_and_by_sni(string name, bool found)
    {
        CaptureScene asked = new CaptureScene().Asked(name).Asked(name);
        CaptureScene spoken = new CaptureScene().Add(new Fact.ProtocolSeen(
            new FlowId("1.f1"), "tls", FlowDirection.Client, "client-hello", name, []));

        Assert.Equal(found ? [Severity.Medium] : [], asked.Findings.Select(finding => finding.Severity));
        Assert.Equal(found ? [Severity.Medium] : [], spoken.Findings.Select(finding => finding.Severity));
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Protocol: chisel-v3\r\n", true)]
    [InlineData("Upgrade: websocket\r\nsec-websocket-protocol: Chisel-v4\r\n", true)]
    [InlineData("Sec-WebSocket-Protocol: chisel-v3\r\n", false)] // nothing is opened
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Protocol: v1.kernel.websocket.jupyter.org\r\n", false)]
    [InlineData("Upgrade: websocket\r\n", false)]
    public void A_websocket_that_carries_chisel_is_a_tunnel(string fields, bool found)
    {
        List<Sighting> sightings = [];
        new StreamSight().Feed(
            true, Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a.example\r\n{fields}\r\n"), sightings);
        CaptureScene scene = new();

        foreach (Sighting each in sightings)
        {
            scene.Add(new Fact.ProtocolSeen(
                new FlowId("1.f1"), each.Protocol, FlowDirection.Client, each.Method, each.Name, each.Traits));
        }

        Assert.Equal("http", Assert.Single(sightings).Protocol);
        Assert.Equal(found, scene.High.Any());
    }
}
