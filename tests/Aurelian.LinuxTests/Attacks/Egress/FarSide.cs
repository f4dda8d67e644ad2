using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aurelian.Firewall;
using Aurelian.LinuxTests.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>
/// The real upstream as it would be on a host, in namespaces: a machine that dials, and behind its only link a network
/// where private, metadata and public addresses all have a server, so that what is not refused is reached. The names'
/// answers are an attacker's.
/// </summary>
internal sealed class FarSide : IDisposable
{
    private static readonly Dictionary<string, string[]> Answers = new()
    {
        ["public"] = ["203.0.113.10"], ["private"] = ["10.0.0.5"], ["metadata"] = ["169.254.169.254"],
        ["shared"] = ["100.100.100.200"], ["mapped"] = ["::ffff:169.254.169.254"], ["six"] = ["fd00:ec2::254"],
        ["site"] = ["fec0::5"], ["nat64"] = ["64:ff9b::a9fe:a9fe"], ["loopback"] = ["127.0.0.1"],
        ["zero"] = ["0.0.0.0"],
        ["own"] = ["203.0.113.1"], ["own-six"] = ["2001:db8::1"], ["both"] = ["10.0.0.5", "203.0.113.10"],
    };

    private readonly NetworkNamespace _machine = NetworkNamespace.Create("machine");
    private readonly NetworkNamespace _far = NetworkNamespace.Create("far");
    private readonly List<TcpListener> _listeners = [];
    private readonly ConcurrentDictionary<string, int> _asked = new();

    internal FarSide()
    {
        IpBatch.Run(_machine,
        [
            "link set lo up", $"link add near0 type veth peer name far0 netns {_far.ThreadId}",
            "addr add 203.0.113.1/24 dev near0", "addr add 2001:db8::1/64 dev near0 nodad", "link set near0 up",
        ]);
        IpBatch.Run(_far,
        [
            "link set lo up", "addr add 203.0.113.10/24 dev far0", "addr add 2001:db8::10/64 dev far0 nodad",
            "link set far0 up", "addr add 10.0.0.5/32 dev lo", "addr add 169.254.169.254/32 dev lo",
            "addr add 100.100.100.200/32 dev lo", "addr add fd00:ec2::254/128 dev lo", "addr add fec0::5/128 dev lo",
            "addr add 64:ff9b::a9fe:a9fe/128 dev lo",
        ]);
        IpBatch.Run(_machine, ["route add default via 203.0.113.10", "route add ::/0 via 2001:db8::10"]);
        Listen(_far);
        Listen(_machine);
        Upstream = new HostUpstream(
            ResolveAsync, (family, type) => _machine.Run(() => new Socket(family, type, ProtocolType.Unspecified)));
    }

    internal HostUpstream Upstream { get; }

    /// <summary>Address reached, and what was said there.</summary>
    internal ConcurrentQueue<(IPAddress Address, string Said)> Reached { get; } = new();

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _machine.Dispose();
        _far.Dispose();
    }

    private Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        string label = name.Split('.')[0];
        int before = _asked.AddOrUpdate(name, 0, (_, count) => count + 1);
        // Rebinding: the first answer is harmless, the second is not.
        string[] answers = label == "rebinding" ? Answers[before == 0 ? "public" : "metadata"] : Answers[label];
        return Task.FromResult(answers.Select(IPAddress.Parse).ToArray());
    }

    private void Listen(NetworkNamespace inside)
    {
        TcpListener listener = inside.Run(() =>
        {
            TcpListener made = TcpListener.Create(80); // both families
            made.Start();
            return made;
        });
        _listeners.Add(listener);
        _ = Task.Run(() => ServeAsync(listener));
    }

    private async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptSocketAsync();
                byte[] buffer = new byte[4096];
                int read = await client.ReceiveAsync(buffer);
                IPAddress address = ((IPEndPoint)client.LocalEndPoint!).Address;
                Reached.Enqueue((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address,
                    Encoding.Latin1.GetString(buffer, 0, read)));
                await client.SendAsync("hello"u8.ToArray());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}

/// <summary>Two upstreams in one gateway: a real one for an attacker's names, and the recording one.</summary>
internal sealed class SplitUpstream(OutsideServer outside, FarSide far) : IUpstream
{
    public string Name => "test";

    public Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, Dialler dialler, CancellationToken cancellationToken) =>
        name is not null && name.EndsWith(".rebind.example", StringComparison.Ordinal)
            ? far.Upstream.ConnectAsync(name, address, port, dialler, cancellationToken)
            : outside.ConnectAsync(name, address, port, dialler, cancellationToken);
}
