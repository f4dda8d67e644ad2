using Aurelian.Episodes;
using Aurelian.Events;
using Microsoft.Extensions.Time.Testing;

namespace Aurelian.UnitTests.Episodes;

public sealed class VigilTests
{
    [Fact]
    public void A_source_that_gets_worse_is_told_of_once_and_at_once()
    {
        FakeTimeProvider time = new();
        SourceState process = SourceState.Full, file = SourceState.Absent;
        List<string> lost = [];
        using Vigil vigil = new(
            () => [Source("process", process), Source("file", file)],
            source => lost.Add($"{source.Name} {source.State}"), time);
        time.Advance(TimeSpan.FromSeconds(5));
        // What was never there is no loss.
        Assert.Empty(lost);

        process = SourceState.Partial;
        vigil.Look();
        vigil.Look();
        Assert.Equal(["process Partial"], lost);

        process = SourceState.Absent;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["process Partial", "process Absent"], lost);
    }

    private static SourceCoverage Source(string name, SourceState state) => new(name, state, "", 0, 0, 0, 0);
}
