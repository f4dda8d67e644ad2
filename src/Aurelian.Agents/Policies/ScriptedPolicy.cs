using System.Text.Json;

namespace Aurelian.Agents;

/// <summary>A policy that makes the tool calls of a JSON file, one a turn, whatever comes back.</summary>
internal sealed class ScriptedPolicy(string name, IReadOnlyList<AgentTurn> turns) : IPolicyModel
{
    private int _next;

    public string Name => name;

    public ValueTask<AgentTurn> NextAsync(
        IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_next < turns.Count ? turns[_next++] : new AgentTurn("", []));

    internal static (IPolicyModel? Model, IReadOnlyList<InputError> Errors) Load(string name, string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, [new InputError(file, 0, exception.Message)]);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
            });
            return Read(name, file, document.RootElement, text);
        }
        catch (JsonException exception)
        {
            return (null, [new InputError(file, (int)(exception.LineNumber ?? 0) + 1, "is no JSON: "
                + exception.Message)]);
        }
    }

    private static (IPolicyModel? Model, IReadOnlyList<InputError> Errors) Read(
        string name, string file, JsonElement root, string text)
    {
        List<InputError> errors = [];
        List<AgentTurn> turns = [];
        if (root.ValueKind != JsonValueKind.Array)
        {
            return (null, [new InputError(file, 1, "must be a list of {\"tool\": …, \"arguments\": {…}}")]);
        }

        int number = 0, from = 0;
        foreach (JsonElement each in root.EnumerateArray())
        {
            number++;
            // Where the call stands in the text, for the error's line.
            from = Math.Max(from, text.IndexOf(each.GetRawText(), from, StringComparison.Ordinal));
            int line = text.AsSpan(0, from).Count('\n') + 1;
            from += each.GetRawText().Length;
            if (ReadCall(each) is { } call)
            {
                string said = each.TryGetProperty("say", out JsonElement say) ? say.ToString() : "";
                turns.Add(new AgentTurn(said, [call]));
            }
            else
            {
                errors.Add(new InputError(
                    file, line, $"call {number} needs \"tool\" as text and \"arguments\" as an object of texts"));
            }
        }

        return errors.Count > 0 ? (null, errors) : (new ScriptedPolicy(name, turns), []);
    }

    private static ToolRequest? ReadCall(JsonElement each)
    {
        if (each.ValueKind != JsonValueKind.Object || !each.TryGetProperty("tool", out JsonElement tool)
            || tool.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        if (!each.TryGetProperty("arguments", out JsonElement arguments))
        {
            return new ToolRequest(tool.GetString()!, new Dictionary<string, string>());
        }

        return arguments.ValueKind == JsonValueKind.Object
            ? new ToolRequest(tool.GetString()!, arguments.EnumerateObject()
                .ToDictionary(argument => argument.Name, argument => argument.Value.ToString()))
            : null;
    }
}
