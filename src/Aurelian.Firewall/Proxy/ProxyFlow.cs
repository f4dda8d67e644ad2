using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.Protocols;

namespace Aurelian.Firewall;

/// <summary>One accepted connection: who, where to, what was said and how much of it went where.</summary>
internal sealed class ProxyFlow(FlowId id, LoopSocket client, Endpoint source, Endpoint destination, string? name)
    : IDisposable
{
    private readonly List<Sighting> _fresh = [];
    private readonly StreamSight _sight = new();
    private readonly Lock _looking = new();
    private readonly Lock _measuring = new();
    private FlowMeter? _meter;
    private readonly CancellationTokenSource _aborted = new();
    private LoopSocket? _upstream;
    private volatile PolicyRule? _rule;
    private string? _abortReason;

    internal FlowId Id { get; } = id;

    internal LoopSocket Client { get; } = client;

    internal Endpoint Source { get; } = source;

    internal Endpoint Destination { get; } = destination;

    internal string? Name { get; } = name;

    internal Subject Subject { get; set; }

    internal long OpenedNs { get; init; }

    /// <summary>The rule that lets it through, as the policy has it now.</summary>
    internal PolicyRule? Rule
    {
        get => _rule;
        set => _rule = value;
    }

    /// <summary>Not carried yet, and something that the client said (or its end) is still unread.</summary>
    internal bool HasUnread
    {
        get
        {
            try
            {
                return _upstream is null && !_aborted.IsCancellationRequested
                    && Client.Socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    internal long BytesOffered;
    internal long BytesUpstream;
    internal long BytesBack;

    internal string? Protocol => _sight.Protocol;

    internal bool ClientDecided => _sight.ClientDecided;

    /// <summary>Whether a direction has been looked at as far as it ever is.</summary>
    internal bool IsLookedThrough(bool fromClient) => _sight.IsFull(fromClient);

    internal CancellationToken Aborted => _aborted.Token;

    internal string? AbortReason => _abortReason;

    internal LoopSocket? Upstream
    {
        get => _upstream;
        set
        {
            _upstream = value;
            if (_aborted.IsCancellationRequested && value is not null)
            {
                value.Reset();
            }
        }
    }

    /// <summary>Resets both sides at once; what lies in socket buffers is gone with them.</summary>
    internal void Abort(string reason)
    {
        _abortReason ??= reason;
        try
        {
            _aborted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return; // it ended by itself meanwhile
        }

        Client.Reset();
        _upstream?.Reset();
    }

    public void Dispose()
    {
        Client.Reset();
        _upstream?.Close();
        lock (_looking)
        {
            _sight.Release();
        }

        _aborted.Dispose();
    }

    /// <summary>Looks at a piece; what it newly said is posted with the moment it was read.</summary>
    internal void Look(bool fromClient, ReadOnlySpan<byte> bytes, FirewallLog log)
    {
        lock (_looking)
        {
            _sight.Feed(fromClient, bytes, _fresh);
            foreach (Sighting seen in _fresh)
            {
                log.Post(SourceNames.Network, MonotonicClock.NowNs, Subject, new Fact.ProtocolSeen(
                    Id, seen.Protocol, seen.FromClient ? FlowDirection.Client : FlowDirection.Server, seen.Method,
                    seen.Name, seen.Traits));
            }

            _fresh.Clear();
        }
    }

    /// <summary>Counts a piece that is carried; every ten seconds what was counted is posted.</summary>
    internal void Measure(bool fromClient, long bytes, FirewallLog log)
    {
        long now = MonotonicClock.NowNs;
        lock (_measuring)
        {
            _meter ??= new FlowMeter(OpenedNs);
            if (_meter.IsDue(now))
            {
                PostMeasure(now, log);
            }

            _meter.Add(fromClient, now, (int)Math.Min(bytes, int.MaxValue));
        }
    }

    /// <summary>Posts what was carried since the last measurement, at the flow's end.</summary>
    internal void MeasureLast(FirewallLog log)
    {
        lock (_measuring)
        {
            PostMeasure(MonotonicClock.NowNs, log);
        }
    }

    private void PostMeasure(long now, FirewallLog log)
    {
        if (_meter is null or { IsEmpty: true })
        {
            _meter?.Skip(now);
            return;
        }

        log.Post(SourceNames.Network, now, Subject, _meter.Take(
            now, now, Id, Source, Destination, Transport.Tcp, Name, Protocol));
    }

    /// <summary>Closes with a reset instead of a farewell.</summary>
    internal static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed already: as wanted.
        }
    }
}
