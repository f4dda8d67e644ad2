using System.Net;
using System.Net.Sockets;
using Aurelian.Firewall;
using Aurelian.Sandbox;
using Aurelian.Simulation;

namespace Aurelian.Episodes;

/// <summary>Allowed bytes go to the simulated internet, in a namespace of its own without a way out.</summary>
internal sealed class SimulatedUpstream : IUpstream, IAsyncDisposable
{
    private readonly NetworkNamespace _inside;
    private readonly SimulatedInternet _internet;

    private SimulatedUpstream(NetworkNamespace inside, SimulatedInternet internet)
    {
        _inside = inside;
        _internet = internet;
    }

    public string Name => "simulated";

    internal ShareLedger Ledger => _internet.Ledger;

    internal static async Task<SimulatedUpstream> StartAsync(
        SimulationConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        NetworkNamespace inside = NetworkNamespace.Create("simulated internet");
        try
        {
            return new SimulatedUpstream(inside, await SimulatedInternet.StartAsync(
                config, new NamespacePlace(inside), time, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            inside.Dispose();
            throw;
        }
    }

    public Task<Socket?> ConnectAsync(string? name, IPAddress address, int port, CancellationToken cancellationToken) =>
        _internet.ConnectAsync(name, address, port, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _internet.DisposeAsync().ConfigureAwait(false);
        _inside.Dispose();
    }
}
