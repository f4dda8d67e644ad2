using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Aurelian.Events;

namespace Aurelian.Sensors;

/// <summary>Makes facts of kernel records.</summary>
internal static unsafe class RecordReader
{
    private const int Ipv6Family = 10;
    private const uint TcpProtocol = 6, UdpProtocol = 17;

    /// <summary>Null for what is no fact of its own.</summary>
    internal static Fact? Read(in KernelRecord record, byte* data, int size, Func<ulong, ToolCallId?> callOf) =>
        record.Kind switch
    {
        RecordKind.Fork => new Fact.ProcessForked(record.Parent),
        RecordKind.Exec => Exec(record, data, size) with { User = UserText.Of((uint)record.Other) },
        // As of waitpid: the code in the second byte, the signal in the low seven bits.
        RecordKind.Exit => new Fact.ProcessExited((record.Parent >> 8) & 0xFF, record.Parent & 0x7F),
        RecordKind.Connect => new Fact.ConnectAttempted(EndpointOf(record), TransportOf(record)),
        RecordKind.Bind => new Fact.SocketBound(EndpointOf(record), TransportOf(record)),
        RecordKind.Listen => new Fact.SocketListened(EndpointOf(record)),
        RecordKind.Datagram => new Fact.DatagramSent(EndpointOf(record), TransportOf(record)),
        RecordKind.Passed => callOf(record.Other) is { } from
            ? new Fact.DescriptorPassed(from, record.Flags == 0 ? "socket" : "over a local socket") : null,
        RecordKind.LocalConnect => new Fact.LocalSocketConnected(LocalPath(record, data, size)),
        RecordKind.Woken => callOf(record.Other) is { } by ? new Fact.ProcessTriggered(by, "woke") : null,
        RecordKind.Signalled => callOf(record.Other) is { } by
            ? new Fact.ProcessTriggered(by, string.Create(CultureInfo.InvariantCulture, $"signal {record.Flags}"))
            : null,
        RecordKind.Message => callOf(record.Other) is { } by ? new Fact.ProcessTriggered(by, "message") : null,
        _ => null,
    };

    private static Fact.ProcessExecuted Exec(in KernelRecord record, byte* data, int size)
    {
        int head = sizeof(KernelRecord);
        int pathLength = Math.Min((int)record.PathLength, KernelRecord.PathLengthMax);
        string asked = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(data + head, pathLength).TrimEnd((byte)0));
        int length = Math.Clamp((int)record.Length, 0, size - head - KernelRecord.PathLengthMax);
        ReadOnlySpan<byte> arguments = new(data + head + KernelRecord.PathLengthMax, length);
        (string executable, bool deleted) = RealPath(record.Pid, asked);
        return new Fact.ProcessExecuted(
            record.Parent, executable, Split(arguments), record.IsCut, deleted || record.IsDeleted,
            Native.LinkTarget($"/proc/{record.Pid}/cwd"));
    }

    /// <summary>A path up to its NUL; an abstract name, which begins with one, as people write it.</summary>
    private static string LocalPath(in KernelRecord record, byte* data, int size)
    {
        int length = Math.Clamp((int)record.PathLength, 0, size - sizeof(KernelRecord));
        ReadOnlySpan<byte> path = new(data + sizeof(KernelRecord), length);
        if (path.Length > 0 && path[0] == 0)
        {
            return "@" + Encoding.UTF8.GetString(path[1..]).Replace('\0', '@');
        }

        int end = path.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? path : path[..end]);
    }

    /// <summary>The kernel's own answer while the process lives; what it asked for when it is gone already.</summary>
    private static (string Path, bool Deleted) RealPath(int pid, string asked)
    {
        const string deletedMark = " (deleted)";
        string? link = Native.LinkTarget($"/proc/{pid}/exe");
        if (link is null)
        {
            return (asked, false);
        }

        bool deleted = link.EndsWith(deletedMark, StringComparison.Ordinal);
        link = deleted ? link[..^deletedMark.Length] : link;
        return link.StartsWith("/memfd:", StringComparison.Ordinal) ? (link[1..], true) : (link, deleted);
    }

    private static ImmutableArray<string> Split(ReadOnlySpan<byte> arguments)
    {
        ImmutableArray<string>.Builder split = ImmutableArray.CreateBuilder<string>();
        ReadOnlySpan<byte> rest = arguments.Length > 0 && arguments[^1] == 0 ? arguments[..^1] : arguments;
        while (true)
        {
            int end = rest.IndexOf((byte)0);
            split.Add(Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]));
            if (end < 0)
            {
                return arguments.IsEmpty ? [] : split.DrainToImmutable();
            }

            rest = rest[(end + 1)..];
        }
    }

    private static Endpoint EndpointOf(in KernelRecord record)
    {
        fixed (byte* address = record.Address)
        {
            return new Endpoint(
                new IPAddress(new ReadOnlySpan<byte>(address, record.Family == Ipv6Family ? 16 : 4)), record.Port);
        }
    }

    private static Transport TransportOf(in KernelRecord record) => record.Protocol switch
    {
        TcpProtocol => Transport.Tcp, UdpProtocol => Transport.Udp, 1 or 58 => Transport.Icmp, _ => Transport.Other,
    };
}
