using Aurelian.Training.Monitoring;

namespace Aurelian.TrainingTests.Monitoring;

public sealed class DriftMonitorTests
{
    [Fact]
    public void A_quantity_that_leaves_its_recent_past_raises_an_alarm_and_noise_does_not()
    {
        DriftMonitor monitor = new();
        Random random = new(7);
        for (int step = 0; step < 40; step++)
        {
            double denied = 1 + (0.1 * random.NextDouble());
            Assert.Empty(monitor.Observe(new Dictionary<string, double> { ["denied"] = denied }));
        }

        DriftAlarm alarm = Assert.Single(monitor.Observe(new Dictionary<string, double> { ["denied"] = 3 }));
        Assert.Equal("denied", alarm.Name);
        Assert.InRange(alarm.Deviations, 4, 1000);
    }

    [Fact]
    public void The_first_steps_raise_none() => Assert.Empty(new[] { 1.0, 100, 1, 100 }.Aggregate(
        (Monitor: new DriftMonitor(), Alarms: new List<DriftAlarm>()), (state, value) =>
        {
            state.Alarms.AddRange(state.Monitor.Observe(new Dictionary<string, double> { ["x"] = value }));
            return state;
        }).Alarms);
}
