using System.Net;
using Aurelian.Events;
using Aurelian.Protocols;

namespace Aurelian.Readers;

internal enum FlowStage
{
    /// <summary>A SYN was seen and no answer.</summary>
    Asked,
    Open,
    /// <summary>Ended and told; kept a moment for what still trickles in.</summary>
    Ended,
}

/// <summary>One conversation in a capture.</summary>
internal sealed class Flow(
    FlowKey key, bool clientIsLow, Transport transport, long number, long ns, long record, IPAddress low,
    IPAddress high)
{
    internal FlowKey Key => key;

    internal bool ClientIsLow => clientIsLow;

    internal Transport Transport => transport;

    internal long Number => number;

    internal long FirstNs { get; } = ns;

    internal long FirstRecord => record;

    internal FlowStage Stage { get; set; }

    internal long LastNs { get; set; } = ns;

    internal FlowMeter Meter { get; } = new(ns);

    internal FlowId? Id { get; set; }

    internal string? Protocol { get; set; }

    internal string? Name { get; set; }

    /// <summary>Looks at the first kilobytes; null once it can say nothing new.</summary>
    internal StreamSight? Sight { get; set; }

    /// <summary>The same for datagrams.</summary>
    internal DatagramSight? Datagrams { get; set; }

    internal FlowSide Client { get; } = new();

    internal FlowSide Server { get; } = new();

    internal Endpoint Source { get; } = clientIsLow ? new(low, key.LowPort) : new(high, key.HighPort);

    internal Endpoint Destination { get; } = clientIsLow ? new(high, key.HighPort) : new(low, key.LowPort);

    // Its places in the list of its kind, oldest first.
    internal Flow? Older { get; set; }

    internal Flow? Newer { get; set; }

    internal FlowList? List { get; set; }
}

/// <summary>One direction of a conversation.</summary>
internal sealed class FlowSide
{
    /// <summary>The sequence number of the next new byte, once one is known.</summary>
    internal uint? NextSequence { get; set; }

    internal bool Finished { get; set; }

    /// <summary>Bytes shown to the sight.</summary>
    internal int Shown { get; set; }

    /// <summary>Segments behind a hole, waiting for it to be filled; null when none.</summary>
    internal List<(uint Sequence, byte[] Bytes)>? Waiting { get; set; }

    internal int WaitingBytes { get; set; }
}
