using System.Net;
using System.Net.Sockets;
using System.Text;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Firewall;

/// <summary>
/// A gateway with two slots and, as upstream, servers in a namespace of the test's own. Clients are sockets made inside
/// a slot's namespace: what a sandbox's process would send, without the process.
/// </summary>
public sealed class GatewayFixture : IAsyncDisposable
{
    private int _admitted;

    public GatewayFixture()
    {
        Sink = new RecordingSink();
        Outside = new OutsideServer();
        Gateway = Gateway.Start(Outside, Sink, TimeProvider.System);
        Slots = NetworkSlotPool.Start(Gateway.Namespace, 2, 8);
        Slot = Slots.Acquire();
        Other = Slots.Acquire();
    }

    public RecordingSink Sink { get; }

    public Gateway Gateway { get; }

    public NetworkSlotPool Slots { get; }

    public NetworkSlot Slot { get; }

    public NetworkSlot Other { get; }

    public OutsideServer Outside { get; }

    public SandboxId Admit(string policy, NetworkSlot? slot = null)
    {
        (PolicyPlan? plan, IReadOnlyList<PolicyError> errors) = PolicyFile.Parse("policy.toml", policy);
        Assert.Empty(errors);
        SandboxId sandbox = new($"e{Interlocked.Increment(ref _admitted)}");
        Gateway.Admit(new Subject(Sandbox: sandbox), slot ?? Slot, plan!);
        return sandbox;
    }

    public Socket Socket(SocketType type = SocketType.Stream, NetworkSlot? slot = null) => (slot ?? Slot).Namespace.Run(
        () => new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp
            : ProtocolType.Udp)
        {
            ReceiveTimeout = 5000, SendTimeout = 5000,
        });

    public Socket Connect(IPAddress address, int port)
    {
        Socket socket = Socket();
        socket.Connect(address, port);
        return socket;
    }

    /// <summary>Asks our resolver over UDP, as a stub resolver does.</summary>
    public IPAddress? Resolve(string name, byte type = 1)
    {
        using Socket socket = Socket(SocketType.Dgram);
        List<byte> question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (string label in name.Split('.'))
        {
            question.Add((byte)label.Length);
            question.AddRange(Encoding.UTF8.GetBytes(label));
        }

        question.AddRange([0, 0, type, 0, 1]);
        socket.SendTo(question.ToArray(), new IPEndPoint(Slot.Nameserver, 53));
        byte[] reply = new byte[512];
        int length = socket.Receive(reply);
        return reply[7] == 1 ? new IPAddress(reply.AsSpan(length - 4, 4)) : null;
    }

    /// <summary>Sends and reads to the end; a reset counts as the end.</summary>
    public static string Talk(Socket socket, string text)
    {
        byte[] buffer = new byte[4096];
        StringBuilder said = new();
        try
        {
            socket.Send(Encoding.Latin1.GetBytes(text));
            for (int read = socket.Receive(buffer); read > 0; read = socket.Receive(buffer))
            {
                said.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // Reset.
        }

        return said.ToString();
    }

    public async Task<Fact.FlowClosed> NextClosedAsync(Func<Fact.FlowClosed, bool> which)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        for (int round = 0; round < 500; round++)
        {
            if (Sink.Of<Fact.FlowClosed>().Select(entry => entry.Fact).LastOrDefault(which) is { } found)
            {
                return found;
            }

            await Task.Delay(10, cancellationToken);
        }

        throw new TimeoutException("No such flow was closed.");
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Slots.Dispose();
        Outside.Dispose();
    }
}
