using System.Buffers.Binary;
using System.Net.Sockets;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>The same answers over TCP (RFC 7766: a length of two bytes before each message).</summary>
internal static class DnsStream
{
    private const int QuestionsMax = 256;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    internal static async Task ServeAsync(
        Admission admission, ProxyFlow flow, DnsAnswers answers, TimeProvider time)
    {
        byte[] message = new byte[DnsAnswers.MessageMax], reply = new byte[2 + DnsAnswers.ReplyMax];
        using CancellationTokenSource patience = new(TimeMax, time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, flow.Aborted);
        for (int count = 0; count < QuestionsMax; count++)
        {
            if (!await FillAsync(flow, message.AsMemory(0, 2), either.Token).ConfigureAwait(false))
            {
                return;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(message);
            if (length > message.Length
                || !await FillAsync(flow, message.AsMemory(0, length), either.Token).ConfigureAwait(false))
            {
                return;
            }

            int written = answers.Answer(
                admission, flow.Source, Transport.Tcp, message.AsSpan(0, length), reply.AsSpan(2));
            BinaryPrimitives.WriteUInt16BigEndian(reply, (ushort)written);
            for (int at = 0, whole = written == 0 ? 0 : 2 + written; at < whole;)
            {
                int sent = await flow.Client.SendAsync(reply.AsMemory(at, whole - at), either.Token)
                    .ConfigureAwait(false);
                at += sent;
                flow.BytesBack += sent;
            }
        }
    }

    private static async Task<bool> FillAsync(
        ProxyFlow flow, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (int at = 0; at < buffer.Length;)
        {
            int read = await flow.Client.ReceiveAsync(buffer[at..], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            flow.BytesOffered += read;
            at += read;
        }

        return true;
    }
}
