using Microsoft.AspNetCore.Http;
using ZstdSharp;

namespace Aurelian.Training.Serving;

/// <summary>Whole request bodies, as they are or compressed with Zstandard; neither beyond a limit.</summary>
internal static class Bodies
{
    internal const int BytesMax = 64 << 20;

    internal static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        Stream body = encoding switch
        {
            "" or "identity" => request.Body,
            "zstd" => new DecompressionStream(request.Body, leaveOpen: true),
            _ => throw TrainingException.BadInput($"Content-Encoding '{encoding}' is not supported: zstd is"),
        };
        using MemoryStream whole = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (whole.Length + read > BytesMax)
            {
                throw new ServingException(
                    StatusCodes.Status413PayloadTooLarge, $"a request may have {BytesMax} bytes, unpacked");
            }

            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }
}
