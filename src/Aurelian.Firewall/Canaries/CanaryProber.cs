using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Proves the denial before a sandbox is handed out: sends what must not pass from inside the sandbox's own network
/// namespace, and wants to see zero bytes upstream <em>and</em> each refusal in our own log under the sandbox's id.
/// </summary>
public sealed class CanaryProber(Gateway gateway)
{
    private static readonly TimeSpan SeenMax = TimeSpan.FromSeconds(2);

    private static readonly string[] HostSockets =
    [
        "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock",
        "/run/dbus/system_bus_socket", "/run/systemd/private", "/tmp/.X11-unix/X0",
    ];

    /// <summary>Asked once a run: the machine's interfaces are read from some hundred files.</summary>
    private readonly Lazy<IPAddress?> _host = new(HostAddress);

    /// <summary>Throws <see cref="FirewallException"/> when anything passed or was not seen.</summary>
    public async Task ProbeAsync(ISandbox sandbox, Subject subject, CancellationToken cancellationToken)
    {
        NetworkSlot slot = sandbox.Slot
            ?? throw new ArgumentException("A sandbox without a network has no canaries.", nameof(sandbox));
        Demand(
            NamespaceOf($"/proc/{sandbox.InitPid}/ns/net") == NamespaceOf(slot.Namespace.Path),
            "the sandbox is not in its slot's network namespace");
        DemandNoHostSockets(sandbox, slot);
        Canary[] canaries = [.. Canaries(slot)];
        using ProbeWatch watch = gateway.Watch(sandbox.Id);
        slot.Namespace.Run(() => Array.ForEach(canaries, Send));
        await WaitAsync(watch, canaries, cancellationToken).ConfigureAwait(false);
        foreach (Canary canary in canaries)
        {
            long upstream = watch.BytesUpstream(canary.Destination.Address);
            gateway.Post(subject, new Fact.CanaryProbed(canary.Name, upstream, Logged: true));
            Demand(upstream == 0, $"the canary '{canary.Name}' got {upstream} bytes out");
        }
    }

    private IEnumerable<Canary> Canaries(NetworkSlot slot)
    {
        yield return new Canary("raw address", new Endpoint(IPAddress.Parse("203.0.113.77"), 80), SocketType.Stream);
        yield return new Canary("other resolver", new Endpoint(IPAddress.Parse("198.51.100.53"), 53), SocketType.Dgram);
        yield return new Canary("udp", new Endpoint(IPAddress.Parse("192.0.2.9"), 4444), SocketType.Dgram);
        yield return new Canary("ipv6", new Endpoint(IPAddress.Parse("2001:db8::9"), 53), SocketType.Dgram);
        yield return new Canary("metadata", new Endpoint(IPAddress.Parse("169.254.169.254"), 80), SocketType.Stream);
        yield return new Canary("gateway", new Endpoint(slot.Gateway, 80), SocketType.Stream);
        yield return new Canary("another sandbox", new Endpoint(Neighbour(slot.Address), 80), SocketType.Stream);
        if (_host.Value is { } host)
        {
            yield return new Canary("the host", new Endpoint(host, 22), SocketType.Stream);
        }
    }

    private static void Send(Canary canary)
    {
        AddressFamily family = canary.Destination.Address.AddressFamily;
        using Socket socket = new(
            family, canary.Type, canary.Type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp)
        {
            SendTimeout = 2000,
        };
        try
        {
            socket.Connect(canary.Destination.ToIPEndPoint());
            socket.Send("canary"u8);
        }
        catch (SocketException)
        {
            // Refused at once: as good as sinkholed. Whether it was seen is asked of the log.
        }
    }

    private static async Task WaitAsync(ProbeWatch watch, Canary[] canaries, CancellationToken cancellationToken)
    {
        try
        {
            await watch.SeesAsync([.. canaries.Select(canary => canary.Destination.Address)])
                .WaitAsync(SeenMax, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Canary? silent = Array.Find(canaries, canary => !watch.HasSeen(canary.Destination.Address));
            Demand(false, $"the canary '{silent?.Name}' left no trace in the firewall's log");
        }
    }

    private static void DemandNoHostSockets(ISandbox sandbox, NetworkSlot slot)
    {
        string? visible = HostSockets.FirstOrDefault(path => File.Exists($"/proc/{sandbox.InitPid}/root{path}"));
        Demand(visible is null, $"the host's socket {visible} is visible inside");
        // The first line is a heading; abstract names belong to the network namespace.
        string[] names = slot.Namespace.Run(() => File.ReadAllLines("/proc/thread-self/net/unix"));
        Demand(!names.Skip(1).Any(line => line.Contains('@', StringComparison.Ordinal)),
            "an abstract socket of the host is in reach");
    }

    private static IPAddress Neighbour(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        bytes[3] ^= 4; // the other /30 of the pair
        return new IPAddress(bytes);
    }

    private static IPAddress? HostAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(each => each.GetIPProperties().UnicastAddresses)
        .Select(each => each.Address)
        .FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(each));

    private static string NamespaceOf(string path) => File.ResolveLinkTarget(path, false)?.Name ?? "";

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FirewallException(FirewallFailure.NotEnforced, $"The sandbox is not handed out: {otherwise}.");
        }
    }

    private sealed record Canary(string Name, Endpoint Destination, SocketType Type);
}
