using System.Net;
using Aurelian.Detection;

namespace Aurelian.UnitTests.Detection;

public sealed class PoolListTests
{
    [Fact]
    public void The_list_that_comes_with_us_is_dated_and_covers_what_lies_beneath_a_name()
    {
        Assert.True(PoolList.Standard.Date > new DateOnly(2026, 1, 1));
        Assert.True(PoolList.Standard.Covers("xmr-eu1.nanopool.org"));
        Assert.True(PoolList.Standard.Covers("nanopool.org"));
        Assert.False(PoolList.Standard.Covers("notnanopool.org"));
        Assert.False(PoolList.Standard.Covers("nanopool.org.example"));
    }

    [Fact]
    public void Another_list_may_hold_addresses()
    {
        List<string> mistakes = [];

        PoolList? list = PoolList.Parse(
            ["# date: 2026-11-20", "", "203.0.113.0/28", "192.0.2.7", "p.example"], mistakes);

        Assert.Empty(mistakes);
        Assert.Equal(3, list!.Count);
        Assert.True(list.Covers(IPAddress.Parse("203.0.113.9")));
        Assert.True(list.Covers(IPAddress.Parse("192.0.2.7")));
        Assert.False(list.Covers(IPAddress.Parse("192.0.2.8")));
    }

    [Fact]
    public void Every_mistake_is_told_with_its_line()
    {
        List<string> mistakes = [];

        Assert.Null(PoolList.Parse(["pool.example", "not a name", "10.0.0.0/99"], mistakes));

        Assert.Contains(mistakes, mistake => mistake.StartsWith("line 2", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.StartsWith("line 3", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.Contains("date", StringComparison.Ordinal));
    }
}
