using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aurelian.Response;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class SummaryJsonContext : JsonSerializerContext;

/// <summary>Writes and reads the summary; what is unknown is null, nothing is left out.</summary>
public static class SummaryJson
{
    private static readonly SummaryJsonContext Context = new(new JsonSerializerOptions(
        SummaryJsonContext.Default.Options)
    {
        // Quotes and Cyrillic stay readable; control characters are escaped by the writer in any case.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static async Task WriteAsync(RunSummary summary, Stream stream, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(stream, summary, Context.RunSummary, cancellationToken)
            .ConfigureAwait(false);
        stream.WriteByte((byte)'\n');
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public static string Write(RunSummary summary) => JsonSerializer.Serialize(summary, Context.RunSummary);
}
