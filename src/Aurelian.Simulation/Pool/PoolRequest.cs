using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aurelian.Simulation;

/// <summary>One JSON-RPC request to the pool.</summary>
internal sealed record PoolRequest(JsonNode? Id, string Method, JsonNode? Parameters)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    public static PoolRequest? TryParse(string line)
    {
        try
        {
            return JsonNode.Parse(line, documentOptions: Options) is JsonObject request &&
                Text(request["method"]) is { } method
                    ? new PoolRequest(request["id"]?.DeepClone(), method, request["params"])
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A positional parameter, if it is text.</summary>
    public string? At(int index) =>
        Parameters is JsonArray array && index < array.Count ? Text(array[index]) : null;

    /// <summary>A named parameter, if it is text.</summary>
    public string? Named(string name) => Parameters is JsonObject fields ? Text(fields[name]) : null;

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
