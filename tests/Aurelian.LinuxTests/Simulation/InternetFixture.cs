using System.Diagnostics;
using Aurelian.Sandbox;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>One simulated internet in a namespace of its own, for a class of tests.</summary>
public sealed class InternetFixture : IAsyncLifetime
{
    /// <summary>Cheap shares: tests wait for some of them.</summary>
    public const uint ShareDifficulty = 512;

    private readonly NetworkNamespace _namespace = NetworkNamespace.Create("test-internet");

    public SimulatedInternet Internet { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Internet = await SimulatedInternet.StartAsync(
        new SimulationConfig { ShareDifficulty = ShareDifficulty },
        new NamespacePlace(_namespace), TimeProvider.System, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Internet.DisposeAsync();
        _namespace.Dispose();
    }

    /// <summary>Whether anything in the namespace listens on this port, at whatever address.</summary>
    public bool Listens(int port) => _namespace.Run(() => File.ReadAllLines("/proc/thread-self/net/tcp"))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(words => words[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && words[3] == "0A");

    /// <summary>Starts a program that sees the simulated internet and nothing else.</summary>
    public Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(arguments[0], arguments[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return _namespace.Run(() => Process.Start(start)!);
    }

    /// <summary>Runs a program to its end, at most half a minute.</summary>
    public async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        return await ProgramResult.OfAsync(process);
    }
}
