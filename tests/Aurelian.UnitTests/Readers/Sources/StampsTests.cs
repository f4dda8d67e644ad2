using System.Text;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Sources;

public sealed class StampsTests
{
    [Theory]
    [InlineData("2026-01-15T12:00:01.5+02:00", 1_768_471_201_500_000_000)]
    [InlineData("2026-01-15T12:00:01.123456789+0200", 1_768_471_201_123_456_789)]
    [InlineData("2026-01-15 10:00:01Z", 1_768_471_201_000_000_000)]
    [InlineData("2026-01-15T10:00:01", 1_768_471_201_000_000_000)]
    [InlineData("1768471201", 1_768_471_201_000_000_000)]
    [InlineData("1768471201.123456", 1_768_471_201_123_456_000)]
    [InlineData("1768471201123", 1_768_471_201_123_000_000)]
    [InlineData("1768471201123456", 1_768_471_201_123_456_000)]
    [InlineData("1768471201123456789", 1_768_471_201_123_456_789)]
    public void Every_spelling_is_the_same_moment(string text, long ns)
    {
        ReadReport report = new();

        Assert.True(Stamps.TryRead(Encoding.ASCII.GetBytes(text), report, out long read));
        Assert.Equal(ns, read);
        Assert.Equal(text.Length == 19 && text[10] == 'T', report.NaiveTimes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2026-01-15T25:00:00Z")]
    [InlineData("2026-01-15T10:00:01+2")]
    [InlineData("99999999999999999999")]
    [InlineData("-5")]
    [InlineData("12x")]
    public void What_is_no_moment_is_refused(string text) =>
        Assert.False(Stamps.TryRead(Encoding.ASCII.GetBytes(text), new ReadReport(), out _));
}
