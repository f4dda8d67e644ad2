using System.Buffers.Binary;
using System.Text;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Elements of our nftables sets, by messages of our own (linux/netfilter/nf_tables.h): a tenth of what the library
/// takes, which parses a text and asks the kernel for all its tables each time. An episode opens, closes and asks
/// often.
/// </summary>
/// <remarks>Used from one thread at a time.</remarks>
internal sealed class SetElements(NetworkNamespace inside) : IDisposable
{
    private const int NetfilterProtocol = 12, Subsystem = 10, Internet = 1; // NFPROTO_INET
    private const int BatchBegin = 16, BatchEnd = 17;
    private const int Add = (Subsystem << 8) | 12, Get = (Subsystem << 8) | 13, Delete = (Subsystem << 8) | 14;
    private const int Create = 0x400, Interrupted = 0x10;
    private const int Table = 1, Set = 2, Elements = 3, Element = 1;
    private const int Key = 1, Timeout = 4, Expression = 7, Value = 1;
    private const int ExpressionData = 2, CounterPackets = 2;
    private const int NameSize = 16, KeySize = NameSize + 4;
    private const int BufferSize = 64 * 1024;

    /// <summary>Of one message: an attribute's length has 16 bits.</summary>
    private const int SlotsMax = 256;

    /// <summary>A listing that others changed meanwhile is read again.</summary>
    private const int ReadingsMax = 16;

    private readonly NetlinkSocket _socket = new(inside, NetfilterProtocol);
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _sequence;

    public void Dispose() => _socket.Dispose();

    /// <summary>Out and in again in one transaction: adding what is there would not renew its timeout.</summary>
    internal void Renew(ReadOnlySpan<NetworkSlot> slots, TimeSpan timeout)
    {
        for (; !slots.IsEmpty; slots = slots[Math.Min(slots.Length, SlotsMax)..])
        {
            ReadOnlySpan<NetworkSlot> some = slots[..Math.Min(slots.Length, SlotsMax)];
            NetlinkWriter batch = Begin();
            Write(batch, Add, some, timeout);
            Write(batch, Delete, some, null);
            Write(batch, Add, some, timeout);
            Commit(batch, 3);
        }
    }

    /// <summary>Added first: deleting what has just timed out would fail.</summary>
    internal void Close(NetworkSlot slot, TimeSpan timeout)
    {
        NetlinkWriter batch = Begin();
        Write(batch, Add, [slot], timeout);
        Write(batch, Delete, [slot], null);
        Commit(batch, 2);
    }

    /// <summary>A set of interfaces with a counter each: how many packets.</summary>
    internal IReadOnlyList<(string Interface, long Packets)> Count(string set)
    {
        for (int reading = 0; reading < ReadingsMax; reading++)
        {
            List<(string, long)> counted = [];
            if (TryCount(set, counted))
            {
                return counted;
            }
        }

        throw new FirewallException(FirewallFailure.NotEnforced, $"The counters of {set} cannot be read whole.");
    }

    private bool TryCount(string set, List<(string, long)> counted)
    {
        NetlinkWriter request = new();
        request.Begin(Get, NetlinkMessage.Dump, ++_sequence, Internet, 0);
        Name(request, set);
        request.End();
        _socket.Send(request.Written);
        bool whole = true;
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, _socket.Receive(_buffer, out int error));
            Demand(error);
            while (NetlinkMessage.TryNext(ref rest, out NetlinkMessage message))
            {
                if (message.Sequence != _sequence)
                {
                    continue; // of a question that broke off
                }

                whole &= (message.Flags & Interrupted) == 0;
                switch (message.Kind)
                {
                    case NetlinkMessage.Done:
                        return whole;
                    case NetlinkMessage.Error:
                        Demand(message.ErrorCode);
                        break;
                    default:
                        Read(message.Body[NetlinkWriter.FamilyLength..], counted);
                        break;
                }
            }
        }
    }

    private static void Read(ReadOnlySpan<byte> attributes, List<(string, long)> counted)
    {
        ReadOnlySpan<byte> elements = Find(attributes, Elements);
        while (NetlinkMessage.TryAttribute(ref elements, out _, out ReadOnlySpan<byte> element))
        {
            ReadOnlySpan<byte> name = Find(Find(element, Key), Value);
            ReadOnlySpan<byte> packets = Find(Find(Find(element, Expression), ExpressionData), CounterPackets);
            if (name.Length < 1 || packets.Length != sizeof(long))
            {
                throw new FirewallException(FirewallFailure.NotEnforced, "A counter of refusals cannot be read.");
            }

            counted.Add((
                Encoding.ASCII.GetString(name[..(name.IndexOf((byte)0) is >= 0 and int end ? end : name.Length)]),
                BinaryPrimitives.ReadInt64BigEndian(packets)));
        }
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int kind)
    {
        while (NetlinkMessage.TryAttribute(ref attributes, out int found, out ReadOnlySpan<byte> value))
        {
            if (found == kind)
            {
                return value;
            }
        }

        return default;
    }

    private NetlinkWriter Begin()
    {
        NetlinkWriter batch = new();
        batch.Begin(BatchBegin, 0, ++_sequence, 0, Subsystem);
        batch.End();
        return batch;
    }

    private void Write(NetlinkWriter batch, int kind, ReadOnlySpan<NetworkSlot> slots, TimeSpan? timeout)
    {
        int flags = NetlinkMessage.Acknowledge | (kind == Add ? Create : 0);
        batch.Begin(kind, flags, ++_sequence, Internet, 0);
        Name(batch, GatewayRules.LiveSet);
        int elements = batch.Nest(Elements);
        Span<byte> key = stackalloc byte[KeySize];
        Span<byte> milliseconds = stackalloc byte[sizeof(long)];
        foreach (NetworkSlot slot in slots)
        {
            key.Clear();
            Encoding.ASCII.GetBytes(slot.GatewayInterface, key[..NameSize]);
            slot.Address.TryWriteBytes(key[NameSize..], out _);
            int element = batch.Nest(Element), nested = batch.Nest(Key);
            batch.Add(Value, key);
            batch.Close(nested);
            if (timeout is { } time)
            {
                BinaryPrimitives.WriteInt64BigEndian(milliseconds, (long)time.TotalMilliseconds);
                batch.Add(Timeout, milliseconds);
            }

            batch.Close(element);
        }

        batch.Close(elements);
        batch.End();
    }

    private static void Name(NetlinkWriter message, string set)
    {
        message.Add(Table, GatewayRules.Table);
        message.Add(Set, set);
    }

    /// <summary>All or nothing, and nothing is taken for done that the kernel did not acknowledge.</summary>
    private void Commit(NetlinkWriter batch, int messages)
    {
        batch.Begin(BatchEnd, 0, ++_sequence, 0, Subsystem);
        batch.End();
        int first = _sequence - messages;
        _socket.Send(batch.Written);
        while (messages > 0)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, _socket.Receive(_buffer, out int error));
            Demand(error);
            while (NetlinkMessage.TryNext(ref rest, out NetlinkMessage answer))
            {
                if (answer.Kind == NetlinkMessage.Error && answer.Sequence >= first)
                {
                    Demand(answer.ErrorCode);
                    messages--;
                }
            }
        }
    }

    private static void Demand(int error)
    {
        if (error != 0)
        {
            throw new FirewallException(
                FirewallFailure.NotEnforced,
                $"nftables refused: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
