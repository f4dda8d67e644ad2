using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class SshInitiativeDetectorTests
{
    private const long Second = 1_000_000_000;

    private readonly FlowMeter _meter = new(0);
    private readonly CaptureScene _scene = new();
    private long _ns = Second;

    [Fact]
    public void Visits_from_the_server_s_side_are_a_way_in()
    {
        for (int visit = 0; visit < 4; visit++)
        {
            Say(fromClient: false, after: 20, bytes: 100); // channel open
            Say(fromClient: true, after: 0.01, bytes: 52); // confirmed
            Say(fromClient: false, after: 0.01, bytes: 180); // a request
            Say(fromClient: true, after: 0.02, bytes: 900); // its answer
        }

        Assert.Equal(("tunnel-ssh-initiative", Severity.Medium), Measure());
    }

    [Fact]
    public void Somebody_who_types_is_not()
    {
        for (int line = 0; line < 40; line++)
        {
            Say(fromClient: true, after: 3, bytes: 36);
            Say(fromClient: false, after: 0.01, bytes: 36);
            Say(fromClient: false, after: 2, bytes: 400); // a slow command ends
            for (int letter = 0; letter < 6; letter++)
            {
                Say(fromClient: true, after: 0.15, bytes: 36);
            }
        }

        Assert.Null(Measure());
    }

    [Fact]
    public void Output_that_comes_now_and_then_is_not()
    {
        for (int line = 0; line < 100; line++)
        {
            Say(fromClient: false, after: 5, bytes: 2000);
            Say(fromClient: true, after: 0.01, bytes: 68); // window adjustment
        }

        Assert.Null(Measure());
    }

    private void Say(bool fromClient, double after, int bytes)
    {
        _ns += (long)(after * Second);
        _meter.Add(fromClient, _ns, bytes);
    }

    private (string, Severity)? Measure()
    {
        _scene.Add(_meter.Take(
            _ns, _ns, new FlowId("1.f1"), CaptureScene.At("192.0.2.9", 40_000), CaptureScene.At("203.0.113.7", 22),
            Transport.Tcp, null, ProtocolNames.Ssh));
        return _scene.Findings is [var finding] ? (finding.Rule, finding.Severity) : null;
    }
}
