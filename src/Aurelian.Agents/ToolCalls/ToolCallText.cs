using System.Text;
using System.Text.Json;

namespace Aurelian.Agents;

/// <summary>
/// Reads a model's own text: reasoning apart, then tool calls in Hermes JSON (Qwen3) or XML (Qwen3-Coder), both within
/// <c>&lt;tool_call&gt;</c>. Never given anything but what the policy wrote: a tool's output is no call.
/// </summary>
public static class ToolCallText
{
    /// <summary>More in one turn is a model that repeats itself.</summary>
    public const int CallsMax = 16;

    private const string Open = "<tool_call>", Close = "</tool_call>";
    private const string ThinkOpen = "<think>", ThinkClose = "</think>";

    /// <summary>Always a turn: what is no call stays text, what would be one and is not is said in
    /// <see cref="AgentTurn.Malformed"/>.</summary>
    public static AgentTurn Parse(string text)
    {
        (string reasoning, string rest, bool closed) = SplitReasoning(text);
        if (!closed)
        {
            return new AgentTurn("", [])
            {
                Reasoning = reasoning, Malformed = $"the reasoning never ended; close it with {ThinkClose}",
            };
        }

        List<ToolRequest> calls = [];
        StringBuilder said = new();
        int at = 0;
        while (rest.IndexOf(Open, at, StringComparison.Ordinal) is >= 0 and int start)
        {
            said.Append(rest.AsSpan(at, start - at));
            (ToolRequest? call, int end, string? problem) = ReadCall(rest, start + Open.Length);
            problem ??= calls.Count == CallsMax ? $"more than {CallsMax} calls in one turn" : null;
            if (problem is not null)
            {
                // None of the turn's calls runs: a model that mends one would otherwise make the others twice.
                return new AgentTurn(said.ToString().Trim(), []) { Reasoning = reasoning, Malformed = problem };
            }

            calls.Add(call!);
            at = end;
        }

        said.Append(rest.AsSpan(at));
        return new AgentTurn(said.ToString().Trim(), calls) { Reasoning = reasoning };
    }

    private static (string Reasoning, string Remainder, bool Closed) SplitReasoning(string text)
    {
        int end = text.IndexOf(ThinkClose, StringComparison.Ordinal);
        bool opened = text.TrimStart().StartsWith(ThinkOpen, StringComparison.Ordinal);
        if (end < 0)
        {
            return opened ? (text.Trim()[ThinkOpen.Length..].Trim(), "", false) : ("", text, true);
        }

        // A call before the reasoning's end would be reasoning about calls; templates may open it for the model.
        string before = text[..end].TrimStart();
        return ((opened ? before[ThinkOpen.Length..] : before).Trim(), text[(end + ThinkClose.Length)..], true);
    }

    private static (ToolRequest? Call, int End, string? Problem) ReadCall(string text, int start)
    {
        int first = SkipSpace(text, start);
        if (first == text.Length)
        {
            return (null, first, $"a tool call was begun and not ended by {Close}");
        }

        (ToolRequest? call, int end, string? problem) = text[first] == '<'
            ? CoderCall.Read(text, first)
            : ReadJson(text, first);
        if (problem is not null)
        {
            return (null, end, problem);
        }

        int close = SkipSpace(text, end);
        return string.CompareOrdinal(text, close, Close, 0, Close.Length) == 0
            ? (call, close + Close.Length, null)
            : (null, close, $"a tool call must end with {Close}, and nothing may stand between");
    }

    private static (ToolRequest? Call, int End, string? Problem) ReadJson(string text, int start)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text[start..]);
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions { MaxDepth = 16 });
        try
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            int end = start + Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.BytesConsumed));
            (ToolRequest? call, string? problem) = FromJson(document.RootElement);
            return (call, end, problem);
        }
        catch (JsonException exception)
        {
            return (null, start, $"a tool call is no JSON object ({exception.Message.Split('.')[0]})");
        }
    }

    private static (ToolRequest? Call, string? Problem) FromJson(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("name", out JsonElement name)
            || name.ValueKind != JsonValueKind.String)
        {
            return (null, "a tool call needs \"name\" as text and \"arguments\" as an object");
        }

        if (!root.TryGetProperty("arguments", out JsonElement arguments))
        {
            return (new ToolRequest(name.GetString()!, new Dictionary<string, string>()), null);
        }

        return arguments.ValueKind == JsonValueKind.Object
            ? (new ToolRequest(name.GetString()!, Texts(arguments)), null)
            : (null, "\"arguments\" must be an object");
    }

    /// <summary>Of a name given twice the last counts, as in every JSON reader.</summary>
    internal static Dictionary<string, string> Texts(JsonElement arguments)
    {
        Dictionary<string, string> texts = [];
        foreach (JsonProperty each in arguments.EnumerateObject())
        {
            texts[each.Name] = each.Value.ToString();
        }

        return texts;
    }

    internal static int SkipSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }
}
