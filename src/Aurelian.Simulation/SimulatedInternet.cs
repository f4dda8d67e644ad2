using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>
/// An internet that fits into one network namespace: a mining pool that pays nothing, an SSH server to tunnel to, a
/// package mirror, a git host, an internal network to probe and a metadata address. Allowed bytes go here when the
/// upstream is <c>simulated</c>; there is no route out of it.
/// </summary>
public sealed class SimulatedInternet : IAsyncDisposable
{
    private readonly INetworkPlace _place;
    private readonly PoolDesk _desk;
    private readonly X509Certificate2 _certificate;
    private readonly List<TcpService> _services = [];
    private SshRelay? _relay;

    private SimulatedInternet(INetworkPlace place, PoolDesk desk, X509Certificate2 certificate)
    {
        _place = place;
        _desk = desk;
        _certificate = certificate;
    }

    /// <summary>Who delivered shares to the pools.</summary>
    public ShareLedger Ledger => _desk.Ledger;

    /// <summary>The certificate of the TLS services, for a client that wants to check it.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>What reached each service until now; the SSH relay keeps no count.</summary>
    public IReadOnlyList<ServiceTraffic> Traffic => [.. _services.Select(service => service.Traffic)];

    /// <summary>The SSH relay's process, for tests of its end; null where there is none.</summary>
    internal int? RelayProcessId => _relay?.ProcessId;

    /// <summary>Sets the addresses up and starts every service; all of them listen when it returns.</summary>
    /// <param name="place">An empty network namespace of the caller's, which outlives this.</param>
    /// <exception cref="SimulationException">A wrong setting, or something missing on the machine.</exception>
    public static async Task<SimulatedInternet> StartAsync(
        SimulationConfig config, INetworkPlace place, TimeProvider time, CancellationToken cancellationToken)
    {
        config.Validate();
        string[] tlsNames =
            [SimulatedNames.Mirror, SimulatedNames.GitHost, SimulatedNames.Pool, SimulatedNames.Tracker];
        SimulatedInternet internet = new(
            place, new PoolDesk(config, time), SimulatedCertificate.Create(tlsNames, time.GetUtcNow()));
        try
        {
            place.SetUp(SimulatedAddresses.SetUp());
            foreach (ServicePlan plan in SimulatedServices.All(internet._desk, internet._certificate))
            {
                internet._services.Add(TcpService.Start(
                    place, plan.Name, new IPEndPoint(plan.Address, plan.Port), config.Limits, time, plan.Serve));
            }

            if (config.Ssh)
            {
                Endpoint[] endpoints = [new(SimulatedAddresses.Relay, 22), new(SimulatedAddresses.Relay, 443)];
                internet._relay = await SshRelay.StartAsync(place, endpoints, time, cancellationToken);
            }

            return internet;
        }
        catch
        {
            await internet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects from inside the simulated internet, as a proxy's upstream side does.</summary>
    /// <param name="name">The name to resolve here; null: <paramref name="address"/> itself.</param>
    /// <returns>A connected socket, the caller's; null when there is no such name or nobody answers.</returns>
    public async Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, CancellationToken cancellationToken)
    {
        if ((name is null ? address : SimulatedNames.Resolve(name)) is not { } target)
        {
            return null;
        }

        Socket socket = _place.OpenStream();
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(target, port), cancellationToken);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TcpService service in _services)
        {
            await service.DisposeAsync();
        }

        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        _certificate.Dispose();
    }
}
