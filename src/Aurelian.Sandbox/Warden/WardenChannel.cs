using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>Our end of a socket that a process of the warden takes requests from, until it is closed.</summary>
internal sealed class WardenChannel(SafeSocketHandle socket) : IDisposable
{
    private readonly Lock _sending = new();

    /// <summary>Sends a request; replies come on the socket that is returned.</summary>
    internal Socket Send(char operation, WardenRequest request, params ReadOnlySpan<SafeHandle> descriptors)
    {
        (SafeSocketHandle ours, SafeSocketHandle theirs) = Descriptors.SocketPair();
        using SafeFileHandle body = request.ToMemoryFile();
        using (theirs)
        {
            SafeHandle[] sent = [theirs, body, .. descriptors];
            lock (_sending)
            {
                Descriptors.Send(socket, operation, sent);
            }
        }

        return new Socket(ours);
    }

    /// <summary>Sends a request that has exactly one reply, and gives the reply's value.</summary>
    internal async Task<long> AskAsync(
        char operation, WardenRequest request, string what, SafeHandle[] descriptors,
        CancellationToken cancellationToken)
    {
        using Socket replies = Send(operation, request, descriptors);
        WardenReply reply = await ReceiveAsync(replies, cancellationToken).ConfigureAwait(false)
            ?? throw new SandboxException(SandboxFailure.Broken, $"The warden ended while it was to {what}.");
        return reply.Kind == ReplyKind.Done
            ? reply.Value
            : throw new SandboxException(
                SandboxFailure.Broken,
                $"Cannot {what}: {Marshal.GetPInvokeErrorMessage((int)reply.Value)} ({reply.Stage}).");
    }

    /// <summary>The next reply; null when there will be no more.</summary>
    internal static async ValueTask<WardenReply?> ReceiveAsync(Socket replies, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[WardenReply.Size];
        int received;
        try
        {
            received = await replies.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // A helper that ended with a drain's byte unread resets its end: told once, and before what it had said.
            received = await replies.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        return received == buffer.Length ? MemoryMarshal.Read<WardenReply>(buffer) : null;
    }

    public void Dispose() => socket.Dispose();
}
