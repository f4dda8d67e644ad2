using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>Serves a dialogue of lines: each line of the client's is answered by some lines of ours.</summary>
internal static class LineService
{
    /// <summary>Longest line read: a Stratum or Redis line is a few hundred bytes.</summary>
    public const int LineBytesMax = 8192;

    /// <param name="answer">Lines to send, without their end; null ends the connection.</param>
    public static async Task ServeAsync(
        ServiceConnection connection, Func<string, IReadOnlyList<string>?> answer, CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(connection.Stream);
        while (await ReadLineAsync(reader, cancellationToken) is { } line)
        {
            if (answer(line) is not { } replies)
            {
                return;
            }

            if (replies.Count > 0)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(replies.Select(reply => reply + "\n")));
                await connection.Stream.WriteAsync(bytes, cancellationToken);
            }
        }
    }

    /// <summary>The next line without its end; null at the end of the stream or of our patience.</summary>
    private static async Task<string?> ReadLineAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.UTF8.GetString(buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            if (result.IsCompleted || buffer.Length > LineBytesMax)
            {
                return null;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
