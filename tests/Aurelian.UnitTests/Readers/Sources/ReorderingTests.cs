using Aurelian.Events;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Sources;

public sealed class ReorderingTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void Observations_come_by_stamp_then_record_then_as_they_came()
    {
        (long Ns, long Record)[] told =
            [(5, 1), (3, 2), (3, 1), (9, 4), (4, 9), (9, 3), (9, 4), (1, 1), (10, 2), (10, 2), (2, 7)];

        IEnumerable<(long, long)> ordered = Reordering.Order(told.Select(Read), Hour, new ReadReport()).Select(Place);

        Assert.Equal(told.Order(), ordered);
    }

    [Fact]
    public void A_long_line_that_comes_and_goes_keeps_its_order()
    {
        (long, long)[] told = [.. Enumerable.Range(0, 10_000).Select(at => ((long)(at ^ 5), 1L))];

        IEnumerable<(long, long)> ordered = Reordering.Order(
            told.Select(Read), TimeSpan.FromTicks(1), new ReadReport()).Select(Place);

        Assert.Equal(told.Order(), ordered);
    }

    [Fact]
    public void What_waits_is_bounded_in_bytes()
    {
        int taken = 0;
        IEnumerable<Reading> Long()
        {
            for (; taken < 1000; taken++)
            {
                yield return new Reading(
                    taken, new Observation(taken, default, new Fact.FileOpenedForWriting(new string('x', 5000))));
            }
        }

        Assert.Equal(0, Reordering.Order(Long(), Hour, new ReadReport(), bytesMax: 200_000).First().Record);
        Assert.InRange(taken, 19, 21);
    }

    private static Reading Read((long Ns, long Record) place) =>
        new(place.Record, new Observation(place.Ns, default, new Fact.Tick()));

    private static (long, long) Place(Reading reading) => (reading.Observation.MonotonicNs, reading.Record);
}
