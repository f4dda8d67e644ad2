using System.Buffers.Binary;
using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.Protocols;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Reads what nftables logs: each packet that no flow was made of, under the sandbox whose interface it came in by.
/// </summary>
internal sealed class PacketLog : IDisposable
{
    private const int NetfilterProtocol = 12;
    private const int PacketMessage = 4 << 8, ConfigMessage = (4 << 8) | 1;
    private const int Command = 1, Mode = 2, Timeout = 4, Threshold = 5, Flags = 6;
    private const int BufferSize = 256 * 1024, QueueSize = 4 << 20;

    /// <summary>Of each packet: a link's whole frame, so that a datagram's opening can be named.</summary>
    private const int BytesMax = 1536;

    private readonly NetlinkSocket _socket;
    private readonly GatewayState _state;
    private readonly FirewallLog _log;
    private readonly Fence _fence = new();
    private readonly Thread _thread;
    private volatile bool _ended;
    private int _sequence;
    private uint? _next;

    internal PacketLog(NetworkNamespace inside, GatewayState state, FirewallLog log)
    {
        _state = state;
        _log = log;
        _socket = new NetlinkSocket(inside, NetfilterProtocol);
        _socket.Enlarge(QueueSize);
        Configure([1], Command); // bind this group to this socket
        Configure([0, 0, BytesMax >> 8, BytesMax & 0xFF, 2, 0], Mode);
        Configure([0, 0, 0, 1], Threshold); // each packet at once
        Configure([0, 0, 0, 1], Timeout);
        Configure([0, 1], Flags); // number them
        _thread = new Thread(Work) { IsBackground = true, Name = "refused packets" };
        _thread.Start();
    }

    /// <summary>Completes when everything logged before the call has been posted.</summary>
    internal async Task FenceAsync(CancellationToken cancellationToken)
    {
        int sequence = Interlocked.Increment(ref _sequence);
        Task passed = _fence.Raise(sequence);
        Send([0, 0, 0, 1], Threshold, sequence);
        await passed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _ended = true;
        // The answer to a message of our own wakes the reader: netlink sockets do not wake at a shutdown.
        Send([0, 0, 0, 1], Threshold, Interlocked.Increment(ref _sequence));
        _thread.Join();
        _socket.Dispose();
    }

    /// <summary>A setting that the kernel does not take would leave refusals unseen.</summary>
    private void Configure(ReadOnlySpan<byte> value, int attribute)
    {
        int sequence = Interlocked.Increment(ref _sequence);
        Send(value, attribute, sequence);
        byte[] reply = new byte[4096];
        ReadOnlySpan<byte> rest = reply.AsSpan(0, _socket.Receive(reply, out _));
        if (!NetlinkMessage.TryNext(ref rest, out NetlinkMessage answer) || answer.Kind != NetlinkMessage.Error
            || answer.ErrorCode != 0)
        {
            throw new FirewallException(
                FirewallFailure.Missing,
                $"The kernel does not log refused packets (nfnetlink_log): error {answer.ErrorCode}.");
        }
    }

    /// <summary>nlmsghdr (16), nfgenmsg (4), one attribute.</summary>
    private void Send(ReadOnlySpan<byte> value, int attribute, int sequence)
    {
        Span<byte> message = stackalloc byte[24 + NetlinkMessage.Aligned(value.Length)];
        message.Clear();
        NetlinkMessage.WriteHeader(
            message, ConfigMessage, NetlinkMessage.Request | NetlinkMessage.Acknowledge, sequence);
        BinaryPrimitives.WriteUInt16BigEndian(message[18..], GatewayRules.LogGroup);
        BitConverter.TryWriteBytes(message[20..], (ushort)(4 + value.Length));
        BitConverter.TryWriteBytes(message[22..], (ushort)attribute);
        value.CopyTo(message[24..]);
        _socket.Send(message);
    }

    private void Work()
    {
        try
        {
            ReadAll();
        }
        catch (Exception exception)
        {
            _log.Degrade(SourceNames.Network, $"refused packets are not read any more ({exception.Message})");
        }
    }

    private void ReadAll()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
        while (!_ended)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, _socket.Receive(buffer, out int error));
            if (error is not 0 and not NetlinkSocket.BufferFull)
            {
                _log.Degrade(SourceNames.Network, $"refused packets are not read any more (error {error})");
                return;
            }

            // What a full buffer lost shows as a hole in the numbers.
            while (NetlinkMessage.TryNext(ref rest, out NetlinkMessage message))
            {
                if (message.Kind == NetlinkMessage.Error)
                {
                    _fence.TryPass(message.Sequence);
                }
                else if (message.Kind == PacketMessage && LoggedPacket.TryRead(message.Body, out LoggedPacket logged))
                {
                    Read(logged);
                }
            }
        }
    }

    private void Read(LoggedPacket logged)
    {
        uint lost = logged.Sequence - (_next ?? logged.Sequence);
        _next = logged.Sequence + 1;
        if (lost > 0)
        {
            _log.Lose(SourceNames.Network, default, lost, causedBySandbox: false);
        }

        if (!RefusedPacket.TryRead(
            logged.Packet, out Endpoint source, out Endpoint destination, out Transport transport))
        {
            return;
        }

        Admission? admission = _state.FindByInterface(logged.InterfaceIndex);
        string reason = admission switch
        {
            null => "no sandbox is admitted there",
            { IsCut: true } => "the sandbox's gate was closed",
            _ when source.Address.AddressFamily == AddressFamily.InterNetworkV6 => "IPv6 is not carried",
            _ when RefusedPacket.HasOptions(logged.Packet) => "IP options are not carried",
            _ when !source.Address.Equals(admission.Slot.Address) => "not the sandbox's own address",
            _ when transport == Transport.Tcp => "too many connections at once",
            _ => "only TCP and our own resolver are carried",
        };
        Subject subject = admission is null ? default : _log.Owner(admission, source, destination, transport);
        _log.Post(SourceNames.Network, MonotonicClock.NowNs, subject, new Fact.PacketRefused(
            source, destination, transport, reason, OpeningOf(admission, destination.Port, logged.Packet)));
    }

    /// <summary>What a datagram would have begun: it gets no answer and no second look.</summary>
    private static DatagramOpening? OpeningOf(Admission? admission, int port, ReadOnlySpan<byte> packet) =>
        RefusedPacket.Datagram(packet) is { IsEmpty: false } datagram
            && admission?.Openings.Read(datagram, port) is { } said
            ? new DatagramOpening(said.Protocol, said.Method, said.Name, said.Traits)
            : null;
}
