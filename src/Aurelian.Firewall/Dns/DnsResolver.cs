using System.Net;
using System.Net.Sockets;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>The sandboxes' resolver over UDP.</summary>
internal sealed class DnsResolver(Socket socket, GatewayState state, DnsAnswers answers)
{
    /// <summary>In a row, with no question between them: the socket has failed for good.</summary>
    private const int FailuresMax = 1000;

    /// <summary>Marks sent through the socket's own queue, by their port.</summary>
    internal Fence Fence { get; } = new();

    internal async Task ServeAsync(CancellationToken cancellationToken)
    {
        byte[] message = GC.AllocateUninitializedArray<byte>(DnsAnswers.MessageMax);
        byte[] reply = GC.AllocateUninitializedArray<byte>(DnsAnswers.ReplyMax);
        EndPoint any = new IPEndPoint(IPAddress.Any, 0);
        int failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await socket
                    .ReceiveFromAsync(message, SocketFlags.None, any, cancellationToken).ConfigureAwait(false);
                failures = 0;
                IPEndPoint source = (IPEndPoint)received.RemoteEndPoint;
                int length = Answer(source, message.AsSpan(0, received.ReceivedBytes), reply);
                if (length > 0)
                {
                    await socket.SendToAsync(reply.AsMemory(0, length), source, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            catch (SocketException) when (!cancellationToken.IsCancellationRequested && ++failures < FailuresMax)
            {
                // An ICMP error for an earlier reply, or a reply that found no way: the next question is another's.
            }
        }
    }

    private int Answer(IPEndPoint source, ReadOnlySpan<byte> message, Span<byte> reply)
    {
        if (IPAddress.IsLoopback(source.Address))
        {
            Fence.TryPass(source.Port);
            return 0;
        }

        if (state.FindBySource(source.Address) is not { IsCut: false } admission)
        {
            return 0;
        }

        try
        {
            return answers.Answer(
                admission, new Endpoint(source.Address, source.Port), Transport.Udp, message, reply);
        }
        catch (Exception)
        {
            // A mistake of ours costs this question, and does not end the others' resolver.
            answers.Lose(admission);
            return 0;
        }
    }
}
