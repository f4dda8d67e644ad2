using System.Net.Sockets;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>
/// Where a denied connection ends: what the client says is read until it can be named, nobody is dialled, no byte comes
/// back, and the connection is reset.
/// </summary>
internal static class Sinkhole
{
    private const int BytesMax = 4 * 1024;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(3);

    /// <summary>A request's body may come after its head in a segment of its own.</summary>
    private static readonly TimeSpan AfterNamed = TimeSpan.FromMilliseconds(150);

    internal static async Task ReadAsync(ProxyFlow flow, FirewallLog log, TimeProvider time)
    {
        byte[] buffer = new byte[BytesMax];
        using CancellationTokenSource patience = new(TimeMax, time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, flow.Aborted);
        try
        {
            while (flow.BytesOffered < BytesMax)
            {
                int read = await flow.Client.ReceiveAsync(
                    buffer.AsMemory(0, (int)(BytesMax - flow.BytesOffered)), either.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                flow.BytesOffered += read;
                flow.Look(fromClient: true, buffer.AsSpan(0, read), log);
                if (flow.Protocol is ProtocolNames.Http)
                {
                    patience.CancelAfter(AfterNamed);
                }
                else if (flow.Protocol is not null)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException
            or ObjectDisposedException)
        {
            // Time is up, or one side is gone: what was read is what there is.
        }
    }
}
