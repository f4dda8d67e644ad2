using Aurelian.Investigation;

namespace Aurelian.UnitTests.Investigation.Evaluation;

public sealed class WilsonTests
{
    [Theory]
    [InlineData(0, 0, 0.0, 1.0)]
    [InlineData(0, 1, 0.0, 0.793)]
    [InlineData(1, 1, 0.207, 1.0)]
    [InlineData(4, 4, 0.510, 1.0)]
    [InlineData(0, 14, 0.0, 0.215)]
    [InlineData(81, 263, 0.255, 0.366)] // Newcombe 1998, table I
    public void The_interval_is_as_published(int found, int of, double low, double high)
    {
        (double Low, double High) interval = Wilson.Interval(found, of);

        Assert.Equal((low, high), (Math.Round(interval.Low, 3), Math.Round(interval.High, 3)));
    }
}
