using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>
/// A WebSocket (RFC 6455) that says everything back, as an experiment tracker acknowledges what it is told.
/// </summary>
internal static class WebSocketEcho
{
    private const string Key = "sec-websocket-key:";
    private const int MessageBytesMax = 64 * 1024;

    public static async Task ServeAsync(ServiceConnection connection, CancellationToken cancellationToken)
    {
        if (await ReadKeyAsync(connection.Stream, cancellationToken) is not { } key)
        {
            return;
        }

        // The handshake's own digest, of no use for secrets and not used for one.
#pragma warning disable CA5350
        string accept = Convert.ToBase64String(SHA1.HashData(
            Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\n\r\n"), cancellationToken);
        using WebSocket socket = WebSocket.CreateFromStream(
            connection.Stream, new WebSocketCreationOptions { IsServer = true });
        byte[] buffer = new byte[MessageBytesMax];
        while (socket.State == WebSocketState.Open)
        {
            ValueWebSocketReceiveResult read = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            await socket.SendAsync(
                buffer.AsMemory(0, read.Count), read.MessageType, read.EndOfMessage, cancellationToken);
        }
    }

    /// <summary>Byte by byte: what follows the head belongs to the socket.</summary>
    private static async Task<string?> ReadKeyAsync(Stream stream, CancellationToken cancellationToken)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (head.Length < HttpResponder.HeadBytesMax && await stream.ReadAsync(one, cancellationToken) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                string? line = head.ToString().Split("\r\n").FirstOrDefault(each =>
                    each.StartsWith(Key, StringComparison.OrdinalIgnoreCase));
                return line?[Key.Length..].Trim();
            }
        }

        return null;
    }
}
