using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Store;

namespace Aurelian.UnitTests.Episodes;

public sealed class TimelineRecorderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-recorder-").FullName;

    private string File => Path.Combine(_folder, "timeline.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_disk_that_is_full_is_told_once_and_what_was_flushed_before_stays()
    {
        List<StoreException> told = [];
        using (TimelineRecorder recorder = new(TimelineWriter.Create(File, durable: false, pagesMax: 60), told.Add))
        {
            recorder.Read(Step(1, "short"), []);
            await recorder.FlushAsync(TestContext.Current.CancellationToken);
            for (int seq = 2; seq < 200; seq++)
            {
                recorder.Read(Step(seq, new string('x', 4000)), []);
            }

            await Assert.ThrowsAsync<StoreException>(() => recorder.FlushAsync(TestContext.Current.CancellationToken));
            recorder.Read(Step(200, "later"), []);
            await Assert.ThrowsAsync<StoreException>(() => recorder.FlushAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(StoreFailure.CannotWrite, Assert.Single(told).Reason);
        using TimelineReader reader = TimelineReader.Open(File);
        List<Event> stored = [.. reader.Read()];
        Assert.Equal(1, stored[0].Seq);
        // Nothing after the gap.
        Assert.Equal(stored.Count, stored[^1].Seq);
    }

    [Fact]
    public async Task An_event_that_cannot_be_written_is_a_failure_of_the_timeline_and_ends_no_process()
    {
        List<StoreException> told = [];
        using TimelineRecorder recorder = new(TimelineWriter.Create(File, durable: false), told.Add);

        recorder.Read(Step(1, "once"), []);
        recorder.Read(new Event(2, default, 2, default, new Fact.ResourceSampled(double.NaN, null, 0)), []);

        await Assert.ThrowsAsync<StoreException>(() => recorder.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Contains("cannot be written", Assert.Single(told).Message, StringComparison.Ordinal);
    }

    private static Event Step(long seq, string text) => new(seq, default, seq, default, new Fact.AgentStepped(1, text));
}
