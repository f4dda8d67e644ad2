using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.LinuxTests.Simulation;
using Aurelian.Sandbox;
using Aurelian.Sensors;

namespace Aurelian.LinuxTests.Attacks.Escape;

/// <summary>
/// One sandbox that a whole class of attempts shares, each attempt a call of its own, and its sensors.
/// </summary>
public sealed class EscapeFixture : IAsyncLifetime
{
    private readonly SandboxFixture _host = new();
    private readonly KernelSensor _sensor;
    private int _calls;

    public EscapeFixture() => _sensor = KernelSensor.Start(
        NativeFolder.Find(), _host.Host.Cgroup2Root, _host.Directory, _host.Sink, TimeProvider.System);

    public ISandbox Sandbox { get; private set; } = null!;

    /// <summary>The sandbox's files as the host sees them, whatever is mounted inside.</summary>
    public string Seen => $"/proc/{Sandbox.InitPid}/root";

    public async ValueTask InitializeAsync()
    {
        Sandbox = await _host.CreateAsync();
        foreach (string file in Directory.GetFiles(Programs.Folder, "*.py"))
        {
            await Sandbox.Files.WriteAsync(
                $"/home/agent/programs/{Path.GetFileName(file)}", await File.ReadAllBytesAsync(file), SandboxUser.Agent,
                default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        _sensor.Dispose();
        await _host.DisposeAsync();
    }

    /// <summary>Runs an attempt as the next call; gives its number with its result.</summary>
    public async Task<(int Number, ExecResult Result)> TryAsync(string command)
    {
        int number = Interlocked.Increment(ref _calls);
        return (number, await Sandbox.ShellAsync(number, command));
    }

    public ToolCallId Call(int number) => ToolCallId.Numbered(new EpisodeId(Sandbox.Id.Value), number);

    /// <summary>What was told of a call until now.</summary>
    public async Task<IReadOnlyList<TFact>> ToldAsync<TFact>(int number) where TFact : Fact =>
        [.. (await ToldOfAsync<TFact>(number)).Select(each => each.Fact)];

    public async Task<IReadOnlyList<(Subject Subject, TFact Fact)>> ToldOfAsync<TFact>(int number) where TFact : Fact
    {
        await _sensor.DrainAsync(TestContext.Current.CancellationToken);
        await _host.Host.DrainAsync(TestContext.Current.CancellationToken);
        return [.. _host.Sink.Of<TFact>().Where(each => each.Subject.Call == Call(number))];
    }
}
