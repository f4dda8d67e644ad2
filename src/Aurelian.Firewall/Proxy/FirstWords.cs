using System.Buffers;

namespace Aurelian.Firewall;

/// <summary>
/// Reads what a client says first, over as many segments and records as it takes, and judges it before anybody is
/// dialled: so a connection that says the wrong name reaches nobody.
/// </summary>
internal static class FirstWords
{
    internal const int BytesMax = 16 * 1024;
    internal static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(3);

    /// <summary>The bytes read; what is refused is told by <c>Refusal</c> and counted as offered.</summary>
    internal static async Task<(ReadOnlyMemory<byte> First, string? Refusal)> ReadAsync(
        ProxyFlow flow, PolicyRule rule, FirewallLog log, TimeProvider time)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BytesMax);
        int length = 0;
        using CancellationTokenSource patience = new(TimeMax, time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, flow.Aborted);
        try
        {
            while (length < BytesMax)
            {
                int read = await flow.Client.ReceiveAsync(buffer.AsMemory(length, BytesMax - length), either.Token)
                    .ConfigureAwait(false);
                if (read == 0)
                {
                    return (default, "closed before it said what it wants");
                }

                flow.BytesOffered += read;
                flow.Look(fromClient: true, buffer.AsSpan(length, read), log);
                length += read;
                if (Judge(rule, flow, buffer.AsSpan(0, length)) is { } verdict)
                {
                    return verdict.Length == 0 ? (buffer.AsSpan(0, length).ToArray(), null) : (default, verdict);
                }
            }
        }
        catch (OperationCanceledException) when (!flow.Aborted.IsCancellationRequested)
        {
            return (default, $"did not say what it wants within {TimeMax.TotalSeconds:0} s");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return (default, "more than 16 KiB before it said what it wants");
    }

    /// <summary>Null: more bytes decide; empty: fine; else why not.</summary>
    private static string? Judge(PolicyRule rule, ProxyFlow flow, ReadOnlySpan<byte> said)
    {
        ClientGuard guard = ClientGuard.For(rule, flow)!;
        ArrayBufferWriter<byte> approved = new();
        return !guard.TryFeed(said, approved) ? guard.Refusal : approved.WrittenCount > 0 ? "" : null;
    }
}
