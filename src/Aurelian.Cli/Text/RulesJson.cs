using System.Text.Encodings.Web;
using System.Text.Json;
using Aurelian.Detection;
using Aurelian.Rules;

namespace Aurelian.Cli;

/// <summary>Rules for programs: one object each command.</summary>
internal static class RulesJson
{
    // Text of strangers stays escaped: a terminal may show it.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default, Indented = true };

    internal static void WriteList(SigmaRules rules, Stream stream) => Write(stream, writer =>
    {
        writer.WriteStartArray("detectors");
        foreach (DetectorNote note in DetectorNotes.All)
        {
            writer.WriteStartObject();
            writer.WriteString("name", note.Name);
            writer.WriteString("category", ReplayJson.Word(note.Category));
            writer.WriteString("severityMax", ReplayJson.Word(note.SeverityMax));
            writer.WriteString("technique", note.Technique);
            writer.WriteString("what", note.What);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteRules(rules, writer);
    });

    internal static void WriteImport(SigmaRules rules, Stream stream) => Write(stream, writer =>
    {
        writer.WriteNumber("loaded", rules.Rules.Count);
        writer.WriteNumber("refused", rules.Refusals.Count);
        WriteRules(rules, writer);
    });

    internal static void WriteTests(
        IReadOnlyList<RuleTestResult> results, IReadOnlyList<string> untested, IReadOnlyList<SigmaRefusal> refusals,
        Stream stream) => Write(stream, writer =>
    {
        writer.WriteNumber("passed", results.Count(each => each.Passed));
        writer.WriteNumber("failed", results.Count(each => !each.Passed));
        writer.WriteStartArray("cases");
        foreach (RuleTestResult each in results)
        {
            writer.WriteStartObject();
            writer.WriteString("file", each.File);
            writer.WriteString("case", each.Case);
            writer.WriteBoolean("passed", each.Passed);
            writer.WriteString("detail", each.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteRefusals(refusals, writer);
        writer.WriteStartArray("untested");
        foreach (string file in untested)
        {
            writer.WriteStringValue(file);
        }

        writer.WriteEndArray();
    });

    private static void WriteRules(SigmaRules rules, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("rules");
        foreach (SigmaRule rule in rules.Rules)
        {
            writer.WriteStartObject();
            writer.WriteString("name", rule.Name);
            writer.WriteString("id", rule.Id);
            writer.WriteString("title", rule.Title);
            writer.WriteString("file", rule.File);
            writer.WriteBoolean("ours", rule.Trust == SigmaTrust.Ours);
            writer.WriteString("kind", rule.Source is null ? "correlation" : "sigma");
            writer.WriteString("source", rule.Source?.ToString());
            writer.WriteString("status", ReplayJson.Word(rule.Status));
            writer.WriteString("level", ReplayJson.Word(rule.Level));
            writer.WriteString("severity", rule.Silent ? null : ReplayJson.Word(rule.Severity));
            writer.WriteString("category", ReplayJson.Word(rule.Category));
            writer.WriteString("technique", rule.Technique);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteRefusals(rules.Refusals, writer);
    }

    private static void WriteRefusals(IReadOnlyList<SigmaRefusal> refusals, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("refusals");
        foreach (SigmaRefusal each in refusals)
        {
            writer.WriteStartObject();
            writer.WriteString("file", each.File);
            writer.WriteNumber("line", each.Line);
            writer.WriteString("rule", each.Rule);
            writer.WriteString("reason", each.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Stream stream, Action<Utf8JsonWriter> members)
    {
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }
}
