using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation;

public sealed class SimulationConfigTests
{
    [Fact]
    public void The_defaults_are_valid() => new SimulationConfig().Validate();

    [Fact]
    public async Task Every_wrong_setting_is_named_at_once_and_nothing_is_started()
    {
        SimulationConfig config = new()
        {
            ShareDifficulty = 0,
            Limits = new ServiceLimits { ConnectionsMax = 0, BytesMax = 0, LifetimeMax = TimeSpan.Zero },
        };

        SimulationException exception = await Assert.ThrowsAsync<SimulationException>(() =>
            SimulatedInternet.StartAsync(config, new NoPlace(), TimeProvider.System, CancellationToken.None));

        Assert.Equal(SimulationFailure.BadSetting, exception.Reason);
        Assert.All(
            (string[])["ShareDifficulty", "ConnectionsMax", "BytesMax", "LifetimeMax"],
            setting => Assert.Contains(setting, exception.Message, StringComparison.Ordinal));
    }

    private sealed class NoPlace : INetworkPlace
    {
        public T Run<T>(Func<T> action) => throw new InvalidOperationException("Nothing may be started.");

    public void SetUp(IEnumerable<string> lines) => throw new InvalidOperationException("Nothing may be set up.");
    }
}
