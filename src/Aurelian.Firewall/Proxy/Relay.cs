using System.Buffers;
using System.Net.Sockets;

namespace Aurelian.Firewall;

/// <summary>
/// Carries an allowed connection's bytes both ways until either side ends, a limit is met or it is cut.
/// </summary>
internal sealed class Relay(ProxyFlow flow, LoopSocket upstream, RuleUse use, ClientGuard? guard, FirewallLog log)
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Reused for every piece; null where everything is approved.</summary>
    private readonly ArrayBufferWriter<byte>? _approved = guard is null ? null : new ArrayBufferWriter<byte>();

    /// <summary>Why it was ended by us; null: by either side.</summary>
    internal string? Ending { get; private set; }

    /// <param name="first">Read from the client already, and checked.</param>
    internal async Task RunAsync(ReadOnlyMemory<byte> first)
    {
        if (!first.IsEmpty)
        {
            flow.Measure(fromClient: true, first.Length, log);
        }

        if (await SendUpstreamAsync(first).ConfigureAwait(false))
        {
            // One direction may end before the other (half-close): the other goes on.
            await Task.WhenAll(ForwardAsync(), BackAsync()).ConfigureAwait(false);
        }

        flow.MeasureLast(log);
    }

    private async Task ForwardAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                int read = await flow.Client.ReceiveAsync(buffer, flow.Aborted).ConfigureAwait(false);
                if (read == 0)
                {
                    upstream.ShutdownSend();
                    return;
                }

                flow.BytesOffered += read;
                flow.Look(fromClient: true, buffer.AsSpan(0, read), log);
                flow.Measure(fromClient: true, read, log);
                if (!await SendUpstreamAsync(buffer.AsMemory(0, read)).ConfigureAwait(false))
                {
                    flow.Abort(Ending!);
                    return;
                }

                if (guard is null or { IsOver: true } && flow.BytesOffered > BulkPath.BytesMin
                    && flow.IsLookedThrough(fromClient: true)
                    && !await BulkAsync(flow.Client, upstream, MaySend, Sent).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            upstream.Reset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task BackAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                int read = await upstream.ReceiveAsync(buffer, flow.Aborted).ConfigureAwait(false);
                if (read == 0)
                {
                    flow.Client.ShutdownSend();
                    return;
                }

                flow.Look(fromClient: false, buffer.AsSpan(0, read), log);
                flow.Measure(fromClient: false, read, log);
                for (int at = 0; at < read;)
                {
                    int count = await flow.Client.SendAsync(buffer.AsMemory(at, read - at), flow.Aborted)
                        .ConfigureAwait(false);
                    at += count;
                    flow.BytesBack += count;
                }

                if (flow.BytesBack > BulkPath.BytesMin && flow.IsLookedThrough(fromClient: false)
                    && !await BulkAsync(upstream, flow.Client, _ => true, CameBack).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            flow.Client.Reset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves a bulk stretch; false when the direction has ended with it.</summary>
    private async Task<bool> BulkAsync(
        LoopSocket from, LoopSocket to, Func<long, bool> mayPass, Action<long> passed)
    {
        if (BulkPath.TryRun(from.Socket, to.Socket, mayPass, passed, flow.Aborted) is not { } bulk)
        {
            return true;
        }

        switch (await bulk.ConfigureAwait(false))
        {
            case BulkEnding.Idle:
                return true;
            case BulkEnding.End:
                to.ShutdownSend();
                return false;
            case BulkEnding.Refused:
                flow.Abort(Ending!);
                return false;
            default:
                to.Reset();
                return false;
        }
    }

    private void Sent(long count)
    {
        flow.BytesUpstream += count;
        flow.Measure(fromClient: true, count, log);
    }

    private void CameBack(long count)
    {
        flow.BytesBack += count;
        flow.Measure(fromClient: false, count, log);
    }

    private bool MaySend(long count)
    {
        flow.BytesOffered += count;
        long bytesMax = flow.Rule!.BytesMax;
        if (use.TryTake(count, bytesMax))
        {
            return true;
        }

        Ending = $"cut: over the rule's limit of {bytesMax} bytes";
        return false;
    }

    /// <summary>False when a check or a limit says no; nothing of the refused piece is sent.</summary>
    private async Task<bool> SendUpstreamAsync(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> sent = bytes;
        if (guard is { IsOver: false })
        {
            _approved!.ResetWrittenCount();
            if (!guard.TryFeed(bytes.Span, _approved))
            {
                Ending = $"cut: {guard.Refusal}";
                return false;
            }

            sent = _approved.WrittenMemory;
        }

        long bytesMax = flow.Rule!.BytesMax;
        if (!use.TryTake(sent.Length, bytesMax))
        {
            Ending = $"cut: over the rule's limit of {bytesMax} bytes";
            return false;
        }

        for (int at = 0; at < sent.Length;)
        {
            int count = await upstream.SendAsync(sent[at..], flow.Aborted).ConfigureAwait(false);
            at += count;
            flow.BytesUpstream += count;
        }

        return true;
    }

    private static bool IsEnd(Exception exception) =>
        exception is SocketException or OperationCanceledException or ObjectDisposedException;
}
