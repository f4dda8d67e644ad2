using System.Diagnostics;
using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>
/// The outside host that reverse tunnels lead to: a real SSH server (dropbear). Lets everybody in as <c>ops</c>
/// and forwards ports (<c>-R</c>) within the simulated internet; runs no command and forwards nothing else.
/// </summary>
/// <remarks>
/// Covers: it runs unprivileged, in mount and process namespaces of its own, with its keys in a tmpfs that nobody else
/// sees; when this process ends, however it ends, the pipe to its first process does too and the kernel kills the rest.
/// Does not cover: a hole in dropbear itself would reach what any unprivileged user of the host can read.
/// </remarks>
internal sealed class SshRelay : IAsyncDisposable
{
    /// <summary>Key making takes milliseconds; this is for a machine on its knees.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private Task _draining = Task.CompletedTask;

    private SshRelay(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
    }

    public int ProcessId => _process.Id;

    /// <exception cref="SimulationException">It did not come up; the message carries what it said.</exception>
    public static async Task<SshRelay> StartAsync(
        INetworkPlace place, IReadOnlyList<Endpoint> endpoints, TimeProvider time, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("unshare")
        {
            ArgumentList =
            {
                "--mount", "--pid", "--fork", "--kill-child=KILL", "--", "sh", "-c", RelayScript.Text, "relay",
            },
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (Endpoint endpoint in endpoints)
        {
            start.ArgumentList.Add("-p");
            start.ArgumentList.Add(endpoint.ToString());
        }

        SshRelay relay = new(ChildProcess.Start(place, start, package: "util-linux"), time);
        try
        {
            await relay.WaitUntilListeningAsync(cancellationToken);
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }

        relay._draining = relay.DrainAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        // The end of its input is what the script waits for; the kill is for a script that never got that far.
        _process.StandardInput.Close();
        using CancellationTokenSource patience = new(StopMax, _time);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await _draining;
        _process.Dispose();
    }

    private async Task WaitUntilListeningAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(StartMax, _time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        List<string> said = [];
        try
        {
            while (await _process.StandardError.ReadLineAsync(either.Token) is { } line)
            {
                if (line.Contains(RelayScript.Listening, StringComparison.Ordinal))
                {
                    return;
                }

                said.Add(line);
                if (line == RelayScript.Ended)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            said.Add($"nothing more within {StartMax.TotalSeconds} s");
        }

        throw new SimulationException(
            SimulationFailure.Broken,
            "The simulated SSH server did not start (it needs root and the package dropbear-bin). " +
            $"It said: {string.Join(" / ", said.TakeLast(5))}");
    }

    /// <summary>Reads and drops its log, which would otherwise fill the pipe and stop it.</summary>
    private async Task DrainAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is not null)
        {
        }
    }
}
