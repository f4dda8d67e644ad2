using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class BeaconDetectorTests
{
    [Theory]
    [InlineData(60, 0)]
    [InlineData(60, 6)]
    [InlineData(10, 1)]
    public void Calls_at_even_distances_are_a_beacon_and_no_more_than_low(double seconds, double jitter)
    {
        Finding finding = Assert.Single(Calls(index => seconds + (jitter * Math.Sin(index * 2.4))).Findings);

        Assert.Equal((Category.Tunnel, Severity.Low), (finding.Category, finding.Severity));
    }

    [Fact]
    public void A_program_that_works_is_none() => Assert.Empty(Calls(_ => 0.5).Findings);

    [Fact]
    public void Calls_as_they_come_are_none()
    {
        Random random = new(3);

        Assert.Empty(Calls(_ => -60 * Math.Log(1 - random.NextDouble())).Findings);
    }

    private static CaptureScene Calls(Func<int, double> gap)
    {
        CaptureScene scene = new();
        for (int index = 0; index < 40; index++)
        {
            scene.Add(new Fact.FlowOpened(
                new FlowId($"1.f{index}"), CaptureScene.At("192.0.2.9", 40_000 + index),
                CaptureScene.At("203.0.113.7", 443), Transport.Tcp, null), gap(index));
        }

        return scene;
    }
}
