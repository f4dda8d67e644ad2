using System.Globalization;
using System.Text.Json;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Simulate;

/// <summary>A made case's traces as OTLP JSON with the GenAI conventions: one request an episode.</summary>
internal static class TraceFile
{
    public static void Write(SimulatedCase simulated, Stream stream)
    {
        int index = 0;
        foreach (IGrouping<string, CaseCall> episode in simulated.Case.Calls.GroupBy(c => c.Episode))
        {
            CaseFolder.Line(stream, w => Request(w, [.. episode], simulated.Seed, index));
            index++;
        }
    }

    private static void Request(Utf8JsonWriter writer, CaseCall[] calls, int seed, int index)
    {
        CaseCall first = calls[0];
        string trace = string.Create(CultureInfo.InvariantCulture, $"{seed:x8}{index:x24}");
        string root = Span(index, 0);
        writer.WriteStartObject();
        writer.WriteStartArray("resourceSpans");
        writer.WriteStartObject();
        writer.WriteStartObject("resource");
        writer.WriteStartArray("attributes");
        Attribute(writer, "service.name", "rollout-worker");
        Attribute(writer, "rl.run.id", string.Create(CultureInfo.InvariantCulture, $"run-{seed}"));
        Attribute(writer, "host.ip", first.HostAddress!);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteStartArray("scopeSpans");
        writer.WriteStartObject();
        writer.WriteStartArray("spans");
        for (int i = 0; i < calls.Length; i++)
        {
            CaseCall call = calls[i];
            Begin(writer, trace, Span(index, i + 1), root, $"execute_tool {call.Tool}", call.Start, call.End);
            Attribute(writer, "gen_ai.operation.name", "execute_tool");
            Attribute(writer, "gen_ai.tool.name", call.Tool!);
            Attribute(writer, "gen_ai.tool.call.id", call.Id);
            Attribute(writer, "gen_ai.tool.call.arguments", Arguments(call.Command!));
            End(writer);
        }

        Begin(writer, trace, root, null, "invoke_agent coder", first.SandboxStart, first.SandboxEnd);
        Attribute(writer, "gen_ai.operation.name", "invoke_agent");
        Attribute(writer, "gen_ai.agent.name", "coder");
        Attribute(writer, "gen_ai.conversation.id", first.Episode);
        Attribute(writer, "gen_ai.request.model", first.Checkpoint!);
        Attribute(writer, "rl.sample.task.id", first.Task!);
        Attribute(writer, "rl.step", first.Step!.Value.ToString(CultureInfo.InvariantCulture));
        End(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Begin(
        Utf8JsonWriter writer, string trace, string span, string? parent, string name, double start, double end)
    {
        writer.WriteStartObject();
        writer.WriteString("traceId", trace);
        writer.WriteString("spanId", span);
        if (parent is not null)
        {
            writer.WriteString("parentSpanId", parent);
        }

        writer.WriteString("name", name);
        writer.WriteNumber("kind", 1);
        writer.WriteString("startTimeUnixNano", Nanoseconds(start));
        writer.WriteString("endTimeUnixNano", Nanoseconds(end));
        writer.WriteStartArray("attributes");
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Attribute(Utf8JsonWriter writer, string key, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("key", key);
        writer.WriteStartObject("value");
        writer.WriteString("stringValue", value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string Arguments(string command)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            writer.WriteStartObject();
            writer.WriteString("command", command);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private static string Span(int episode, int span) =>
        string.Create(CultureInfo.InvariantCulture, $"{episode:x8}{span:x8}");

    private static string Nanoseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Round(seconds * 1e6)}000");
}
