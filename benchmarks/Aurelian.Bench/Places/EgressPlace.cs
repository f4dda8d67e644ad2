using System.Net;
using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// Two ways from a client to one server, each over two veths: through our gateway and its proxy, and through a router
/// that forwards and translates addresses. All of it in namespaces of its own.
/// </summary>
internal sealed class EgressPlace : IUpstream, IAsyncDisposable
{
    internal const string Host = "bench.example";

    private const string Policy = """
        [[allow]]
        name = "bench.example"
        ports = [443, 444, 445, 446]
        protocol = "tls"
        connections_max = 1000
        """;

    private readonly NetworkNamespace _upstream = NetworkNamespace.Create("bench upstream");
    private readonly NetworkNamespace _server = NetworkNamespace.Create("bench server");
    private readonly NetworkNamespace _client = NetworkNamespace.Create("bench client");
    private readonly SocketStock _sockets;
    private readonly NetworkSlotPool _slots;
    private readonly NetworkSlot _slot;

    internal EgressPlace(long bytes, IObservationSink sink)
    {
        _sockets = new SocketStock(_upstream);
        IpBatch.Run(_server, ["link set lo up"]);
        Wire(_upstream, "u0", "198.51.100.1/24", _server, "s0", "198.51.100.2/24");
        Wire(Router, "out", "192.0.2.1/24", _server, "s1", "192.0.2.2/24");
        Wire(_client, "c0", "10.90.0.2/24", Router, "r0", "10.90.0.1/24");
        IpBatch.Run(_client, ["route add default via 10.90.0.1"]);
        Router.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        NftBatch.Run(Router, """
            add table ip nat
            add chain ip nat out { type nat hook postrouting priority srcnat; }
            add rule ip nat out oifname "out" masquerade
            """);
        Server = new EgressServer(_server, bytes);
        Gateway = Gateway.Start(this, sink, TimeProvider.System);
        _slots = NetworkSlotPool.Start(Gateway.Namespace, 1, 4);
        _slot = _slots.Acquire();
        Admit();
    }

    internal Gateway Gateway { get; }

    internal EgressServer Server { get; }

    internal NetworkNamespace Router { get; } = NetworkNamespace.Create("bench router");

    internal SandboxId Sandbox { get; private set; }

    string IUpstream.Name => "bench";

    /// <summary>Opens the gate under a new id; an earlier one is forgotten.</summary>
    internal void Admit()
    {
        Sandbox = new SandboxId($"b{Environment.TickCount64}");
        Gateway.Admit(new Subject(Sandbox: Sandbox), _slot, PolicyFile.Parse("policy.toml", Policy).Plan!);
        Issued = Resolve();
    }

    /// <summary>The address that our resolver gave for the server's name.</summary>
    internal IPAddress Issued { get; private set; } = IPAddress.None;

    internal Socket Ours(int port) => Connect(_slot.Namespace, Issued, port);

    internal Socket Translated(int port) => Connect(_client, IPAddress.Parse("192.0.2.2"), port);

    internal Socket ByRouter(int port) => Connect(_client, IPAddress.Parse("10.90.0.1"), port);

    public async Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, Dialler dialler, CancellationToken cancellationToken)
    {
        Socket socket = _sockets.Take();
        socket.NoDelay = true;
        await dialler.ConnectAsync(socket, IPAddress.Parse("198.51.100.2"), port, cancellationToken)
            .ConfigureAwait(false);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync().ConfigureAwait(false);
        _sockets.Dispose();
        _slots.Dispose();
        Server.Dispose();
        foreach (NetworkNamespace each in new[] { _client, Router, _upstream, _server })
        {
            each.Dispose();
        }
    }

    private static Socket Connect(NetworkNamespace inside, IPAddress address, int port)
    {
        Socket socket = inside.Run(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        socket.Connect(address, port);
        return socket;
    }

    private static void Wire(
        NetworkNamespace one, string oneEnd, string oneAddress, NetworkNamespace other, string otherEnd,
        string otherAddress)
    {
        IpBatch.Run(one,
        [
            "link set lo up", $"link add {oneEnd} type veth peer name {otherEnd} netns {other.ThreadId}",
            $"addr add {oneAddress} dev {oneEnd}", $"link set {oneEnd} up",
        ]);
        IpBatch.Run(other, [$"addr add {otherAddress} dev {otherEnd}", $"link set {otherEnd} up"]);
    }

    /// <summary>As a stub resolver asks.</summary>
    private IPAddress Resolve()
    {
        using Socket socket = _slot.Namespace.Run(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 });
        List<byte> question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (string label in Host.Split('.'))
        {
            question.Add((byte)label.Length);
            question.AddRange(System.Text.Encoding.ASCII.GetBytes(label));
        }

        question.AddRange([0, 0, 1, 0, 1]);
        socket.SendTo(question.ToArray(), new IPEndPoint(_slot.Nameserver, 53));
        byte[] reply = new byte[512];
        int length = socket.Receive(reply);
        return new IPAddress(reply.AsSpan(length - 4, 4));
    }
}
