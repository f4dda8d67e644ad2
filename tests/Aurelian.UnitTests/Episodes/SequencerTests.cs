using Aurelian.Episodes;
using Aurelian.Events;

namespace Aurelian.UnitTests.Episodes;

public sealed class SequencerTests
{
    private static readonly Subject Nobody = new(Run: null);

    [Fact]
    public async Task A_reader_that_throws_is_named_in_the_coverage_and_the_others_read_on()
    {
        List<Event> read = [];
        await using Sequencer sequencer = new(
            new RunId("r"), new SteadyTime(TimeProvider.System),
            [new Reader(each => Fail(each.Seq == 2)), new Reader(read.Add)]);
        Assert.Equal(SourceState.Full, sequencer.Coverage.State);

        for (int number = 1; number <= 3; number++)
        {
            sequencer.TryPost(SourceNames.Agent, new Observation(number, Nobody, new Fact.AgentStepped(number, "")));
        }

        await sequencer.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], read.Where(each => each.Fact is Fact.AgentStepped).Select(each => each.Seq));
        SourceCoverage coverage = sequencer.Coverage;
        Assert.Equal((SourceNames.Agent, SourceState.Partial), (coverage.Name, coverage.State));
        Assert.Contains("failed at event 2: a mistake", coverage.How, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_run_itself_posts_is_counted()
    {
        await using Sequencer sequencer = new(new RunId("r"), new SteadyTime(TimeProvider.System), []);

        sequencer.TryPost(SourceNames.Agent, new Observation(1, Nobody, new Fact.AgentStepped(1, "")));
        sequencer.TryPost(SourceNames.Dns, new Observation(2, Nobody, new Fact.AgentStepped(2, "")));

        Assert.True(sequencer.Coverage is { Received: >= 1 and <= 2, Dropped: 0 });
    }

    private static void Fail(bool fail)
    {
        if (fail)
        {
            throw new InvalidOperationException("a mistake");
        }
    }

    private sealed class Reader(Action<Event> read) : IEventReader
    {
        public void Read(Event occurred, ICollection<Observation> consequences) => read(occurred);
    }
}
