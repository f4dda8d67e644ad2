using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class IcmpTunnelDetectorTests
{
    [Fact]
    public void Answers_that_carry_other_data_in_changing_lengths_are_a_tunnel()
    {
        CaptureScene scene = new();

        for (int index = 0; index < 7; index++)
        {
            scene.Ping(84, 60 + index, false);
        }

        Assert.Empty(scene.Findings);
        scene.Ping(84, 120, false);

        Finding finding = Assert.Single(scene.High);
        Assert.Equal((Category.Tunnel, 8), (finding.Category, finding.Evidence.Length));
    }

    [Fact]
    public void A_tunnel_that_pads_to_one_length_is_found() =>
        Assert.Single(Pings(20, 1024, _ => 1024, false).High);

    [Theory]
    [InlineData(true, 56, 56)] // ping
    [InlineData(true, 1472, 1472)] // ping -s
    [InlineData(false, 1472, 64)] // a host that cuts what it gives back
    [InlineData(null, 56, 56)] // answers that came another way than the questions
    public void Honest_pings_are_none(bool? echoed, int bytes, int back) =>
        Assert.Empty(Pings(200, bytes, _ => back, echoed).Findings);

    [Fact]
    public void Looking_for_the_largest_packet_is_none() =>
        Assert.Empty(Pings(100, 0, index => 500 + (index * 8), true).Findings);

    [Fact]
    public void A_few_broken_answers_in_a_long_time_are_none()
    {
        CaptureScene scene = new();

        for (int index = 0; index < 50; index++)
        {
            scene.Ping(56, 56 - index, false, afterSeconds: 100);
        }

        Assert.Empty(scene.Findings);
    }

    private static CaptureScene Pings(int count, int bytes, Func<int, int> back, bool? echoed)
    {
        CaptureScene scene = new();
        for (int index = 0; index < count; index++)
        {
            scene.Ping(bytes == 0 ? back(index) : bytes, back(index), echoed);
        }

        return scene;
    }
}
