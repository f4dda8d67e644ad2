using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>As much of HTTP/1.1 as fetching needs: GET and HEAD of fixed pages, kept alive.</summary>
internal static class HttpResponder
{
    /// <summary>Longest request head read: as much as common servers allow.</summary>
    public const int HeadBytesMax = 8192;

    public static async Task ServeAsync(Stream stream, HttpSite site, CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(stream);
        while (await ReadHeadAsync(reader, cancellationToken) is { } head)
        {
            string[] words = head.Split("\r\n", 2)[0].Split(' ');
            bool wellFormed = words.Length == 3 && words[2].StartsWith("HTTP/1.", StringComparison.Ordinal);
            bool fetch = wellFormed && words[0] is "GET" or "HEAD";
            HttpPage? page = fetch ? site.Find(words[1]) : null;
            string status = !wellFormed ? "400 Bad Request"
                : !fetch ? "405 Method Not Allowed"
                : page is null ? "404 Not Found" : "200 OK";
            page ??= HttpPage.Text(status + "\n");

            // A refused request may have a body that we did not read: the connection is of no further use.
            bool keep = fetch && words[2] == "HTTP/1.1" &&
                !head.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase);
            string answer = string.Create(CultureInfo.InvariantCulture, $"""
                HTTP/1.1 {status}
                Server: aurelian-simulation
                Content-Type: {page.Type}
                Content-Length: {page.Body.Length}
                Connection: {(keep ? "keep-alive" : "close")}


                """).ReplaceLineEndings("\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
            if (words[0] != "HEAD")
            {
                await stream.WriteAsync(page.Body, cancellationToken);
            }

            await stream.FlushAsync(cancellationToken);
            if (!keep)
            {
                return;
            }
        }
    }

    private static async Task<string?> ReadHeadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (EndOfHead(buffer) is { } length)
            {
                string head = Encoding.Latin1.GetString(buffer.Slice(0, length));
                reader.AdvanceTo(buffer.GetPosition(length));
                return head;
            }

            if (result.IsCompleted || buffer.Length > HeadBytesMax)
            {
                return null;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static long? EndOfHead(ReadOnlySequence<byte> buffer)
    {
        SequenceReader<byte> reader = new(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8) ? reader.Consumed : null;
    }
}
