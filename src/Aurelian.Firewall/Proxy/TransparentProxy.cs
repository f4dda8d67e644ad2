using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Accepts every TCP connection of every sandbox, whatever its destination, and tells its beginning and its end.
/// </summary>
internal sealed class TransparentProxy(
    Socket listener, GatewayState state, FirewallLog log, FlowPath path, RunTime run, DescriptorLoop loop)
{
    /// <summary>No descriptor was left, or a connection was gone again: others end meanwhile.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(2);

    /// <summary>Descriptors may be out for some seconds; a listener that fails longer has failed for good.</summary>
    private const int FailuresMax = 1000;

    private readonly ConcurrentDictionary<FlowId, Task> _open = new();

    /// <summary>Marks sent through the listener's own queue, by their port.</summary>
    internal Fence Fence { get; } = new();

    internal async Task ServeAsync(CancellationToken cancellationToken)
    {
        listener.Blocking = false; // as the framework is to know it: it accepts
        listener.NoDelay = true; // those it accepts inherit it
        LoopSocket listening = new(loop, listener);
        int failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                TryBegin(await listening.AcceptAsync(cancellationToken).ConfigureAwait(false));
                failures = 0;
            }
            catch (SocketException exception) when (!cancellationToken.IsCancellationRequested
                && exception.SocketErrorCode is not (SocketError.InvalidArgument or SocketError.NotSocket)
                && ++failures < FailuresMax)
            {
                await Task.Delay(AfterFailure, run.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until what was aborted has been told.</summary>
    internal async Task EndAsync()
    {
        try
        {
            await Task.WhenAll(_open.Values).WaitAsync(EndMax, run.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            log.Lose(SourceNames.Network, default, _open.Count, causedBySandbox: false);
        }
    }

    /// <summary>A connection that we cannot begin is the loss of that one, and does not end the loop.</summary>
    private void TryBegin(Socket client)
    {
        try
        {
            Begin(client);
        }
        catch (Exception)
        {
            ProxyFlow.Reset(client);
            log.Lose(SourceNames.Network, default, 1, causedBySandbox: false);
        }
    }

    /// <summary>Up to the first event nothing waits, so that events come in the order of the connections.</summary>
    private void Begin(Socket client)
    {
        long openedNs = MonotonicClock.NowNs;
        if (client.RemoteEndPoint is not IPEndPoint from || Native.LocalEnd(client) is not { } to
            || (IPAddress.IsLoopback(from.Address) && Fence.TryPass(from.Port))
            || state.FindBySource(from.Address) is not { } admission)
        {
            ProxyFlow.Reset(client);
            return;
        }

        Endpoint source = new(from.Address, from.Port), destination = new(to.Address, to.Port);
        string? name = admission.Names.NameOf(to.Address);
        ProxyFlow flow = new(log.NextFlow(), new LoopSocket(loop, client), source, destination, name)
        {
            OpenedNs = openedNs, Subject = log.Owner(admission, source, destination, Transport.Tcp),
        };
        log.Post(SourceNames.Network, openedNs, flow.Subject, new Fact.FlowOpened(
            flow.Id, source, destination, Transport.Tcp, flow.Name));
        // Begun here: most wait for their client's first words, and handing them to another thread costs more.
        Task whole = RunAsync(admission, flow);
        _open[flow.Id] = whole;
        if (whole.IsCompleted)
        {
            _open.TryRemove(flow.Id, out _);
        }
    }

    private async Task RunAsync(Admission admission, ProxyFlow flow)
    {
        FlowOutcome outcome;
        try
        {
            outcome = admission.TryAdd(flow) is { } refusal
                ? new FlowOutcome(false, refusal)
                : await path.WalkAsync(admission, flow).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException
            or ObjectDisposedException)
        {
            outcome = new FlowOutcome(flow.BytesUpstream > 0, "one side went away");
        }
        catch (Exception exception)
        {
            // A mistake of ours must not hide the flow it hit, nor let it through, nor shut out the others.
            log.Lose(SourceNames.Network, flow.Subject, 1, causedBySandbox: false);
            outcome = new FlowOutcome(flow.BytesUpstream > 0, $"failed in the proxy: {exception.GetType().Name}");
        }

        flow.Dispose();
        long closedNs = MonotonicClock.NowNs;
        log.Post(SourceNames.Network, closedNs, flow.Subject, new Fact.FlowClosed(
            flow.Id, flow.Source, flow.Destination, Transport.Tcp, flow.Name, flow.Protocol, flow.BytesOffered,
            flow.BytesUpstream, flow.BytesBack, run.ToUtc(flow.OpenedNs), run.ToUtc(closedNs), outcome.Allowed,
            flow.AbortReason ?? outcome.Reason));
        admission.Remove(flow);
        _open.TryRemove(flow.Id, out _);
    }
}
