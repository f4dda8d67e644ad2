using Aurelian.Sensors;

namespace Aurelian.UnitTests.Sensors;

public sealed class RoundsTests
{
    private readonly Rounds _rounds = new();

    [Fact]
    public void Who_waits_for_two_rounds_is_told_at_the_end_of_the_second_and_no_sooner()
    {
        Task first = _rounds.PassAsync(2);

        Assert.True(_rounds.Next());
        Task second = _rounds.PassAsync(2);
        Assert.False(first.IsCompleted);
        Assert.True(_rounds.Next());
        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);
        Assert.False(_rounds.Next());
        Assert.True(second.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_reader_that_failed_is_told_to_who_waits_and_to_who_comes_later()
    {
        Task waiting = _rounds.PassAsync(2);
        _rounds.End(new SensorException("the disk is gone"));

        await Assert.ThrowsAsync<SensorException>(() => waiting);
        await Assert.ThrowsAsync<SensorException>(() => _rounds.PassAsync(2));
    }

    [Fact]
    public void Nobody_waits_for_a_reader_that_ended_as_asked()
    {
        Task waiting = _rounds.PassAsync(2);
        _rounds.End(null);

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.True(_rounds.PassAsync(2).IsCompletedSuccessfully);
    }
}
