using System.Net;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>A connection as a log's one record has it, and the facts that it stands for.</summary>
internal readonly record struct LoggedFlow(
    FlowId Id, Endpoint Source, Endpoint Destination, Transport Transport, long StartNs, long EndNs)
{
    internal string? Name { get; init; }

    internal string? Protocol { get; init; }

    internal long BytesOut { get; init; }

    internal long BytesBack { get; init; }

    internal bool Allowed { get; init; } = true;

    internal string Reason { get; init; } = "seen in a log";

    internal Reading Opened(long record) => new(record, new Observation(
        StartNs, default, new Fact.FlowOpened(Id, Source, Destination, Transport, Name)));

    internal Reading Closed(long record) => new(record, new Observation(
        Math.Max(StartNs, EndNs), default, new Fact.FlowClosed(
            Id, Source, Destination, Transport, Name, Protocol, BytesOut, Allowed ? BytesOut : 0, BytesBack,
            Stamps.ToUtc(StartNs), Stamps.ToUtc(Math.Max(StartNs, EndNs)), Allowed, Reason)));

    /// <summary>An attempt that nobody answered.</summary>
    internal Reading Probed(long record, string flags) => new(record, new Observation(
        StartNs, default, new Fact.ProbeSeen(Source, Destination, Transport, flags, Answered: false)));

    internal static Transport TransportOf(ReadOnlySpan<byte> name) =>
        Is(name, "tcp"u8) || Is(name, "6"u8) ? Transport.Tcp
        : Is(name, "udp"u8) || Is(name, "17"u8) ? Transport.Udp
        : Is(name, "icmp"u8) || Is(name, "1"u8) || Is(name, "58"u8) || Is(name, "ipv6-icmp"u8)
            || Is(name, "icmpv6"u8) ? Transport.Icmp
        : Transport.Other;

    internal static Endpoint At(IPAddress address, long port) =>
        new(address, port is >= 0 and <= ushort.MaxValue ? (int)port : 0);

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        return System.Text.Ascii.EqualsIgnoreCase(text, name);
    }
}
