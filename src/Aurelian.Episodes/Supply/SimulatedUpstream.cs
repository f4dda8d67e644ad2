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
    private readonly NamespacePlace _place;
    private readonly SimulatedInternet _internet;

    private SimulatedUpstream(NetworkNamespace inside, NamespacePlace place, SimulatedInternet internet)
    {
        _inside = inside;
        _place = place;
        _internet = internet;
    }

    public string Name => "simulated";

    internal ShareLedger Ledger => _internet.Ledger;

    internal static async Task<SimulatedUpstream> StartAsync(
        SimulationConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        NetworkNamespace inside = NetworkNamespace.Create("simulated internet");
        NamespacePlace place = new(inside);
        try
        {
            return new SimulatedUpstream(inside, place, await SimulatedInternet.StartAsync(
                config, place, time, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            place.Dispose();
            inside.Dispose();
            throw;
        }
    }

    public Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, Dialler dialler, CancellationToken cancellationToken) =>
        _internet.ConnectAsync(name, address, port, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _internet.DisposeAsync().ConfigureAwait(false);
        _place.Dispose();
        _inside.Dispose();
    }
}
