using System.Text.Encodings.Web;
using System.Text.Json;
using Aurelian.Events;
using Aurelian.Investigation;

namespace Aurelian.Cli;

/// <summary><c>replay --format json</c>: a finding a line, then the summary.</summary>
internal static class ReplayJson
{
    // Text of strangers stays escaped: a terminal may show the lines.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    internal static void WriteFinding(ReplayFinding found, Stream stream)
    {
        Finding finding = found.Finding;
        WriteLine(stream, writer =>
        {
            writer.WriteString("file", found.File);
            writer.WriteString("rule", finding.Rule);
            writer.WriteString("category", Word(finding.Category));
            writer.WriteString("severity", Word(finding.Severity));
            writer.WriteNumber("confidence", finding.Confidence);
            writer.WriteString("time", found.Time.UtcDateTime);
            writer.WriteString("lastTime", found.LastTime.UtcDateTime);
            WriteFlow(writer, found.Flow);
            WriteSubject(writer, finding.Subject);
            if (found.Records is { } records)
            {
                writer.WriteStartArray("packets");
                writer.WriteNumberValue(records.First);
                writer.WriteNumberValue(records.Last);
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteNull("packets");
            }

            writer.WriteString("explanation", finding.Explanation);
            writer.WriteString("technique", finding.Technique);
            writer.WriteStartArray("evidence");
            foreach (ReplayEvidence each in found.Evidence)
            {
                WriteEvidence(writer, each);
            }

            writer.WriteEndArray();
        });
    }

    internal static void WriteSummary(ReplaySession session, double seconds, Stream stream) =>
        WriteLine(stream, writer =>
        {
            writer.WriteBoolean("summary", true);
            writer.WriteBoolean("partial", session.Partial);
            writer.WriteStartArray("files");
            foreach (ReplayFile file in session.Files)
            {
                writer.WriteStartObject();
                writer.WriteString("file", file.File);
                writer.WriteString("kind", file.Kind);
                writer.WriteNumber("records", file.Records);
                writer.WriteNumber("unreadable", file.Unreadable);
                writer.WriteNumber("findings", file.Findings);
                writer.WriteNumber("late", file.Late);
                writer.WriteNumber("evicted", file.Evicted);
                writer.WriteBoolean("naiveTimes", file.NaiveTimes);
                writer.WriteBoolean("partial", file.Partial);
                writer.WriteStartArray("notes");
                foreach (string note in file.Notes)
                {
                    writer.WriteStringValue(note);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteNumber("forgotten", session.Forgotten);
            writer.WriteNumber("seconds", Math.Round(seconds, 3));
        });

    /// <summary>A case of an enumeration as JSON spells it.</summary>
    internal static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static void WriteFlow(Utf8JsonWriter writer, ReplayFlow? flow)
    {
        if (flow is null)
        {
            writer.WriteNull("flow");
            return;
        }

        writer.WriteStartObject("flow");
        writer.WriteString("source", flow.Source.Address.ToString());
        writer.WriteNumber("sourcePort", flow.Source.Port);
        writer.WriteString("destination", flow.Destination.Address.ToString());
        writer.WriteNumber("port", flow.Destination.Port);
        writer.WriteString("transport", Word(flow.Transport));
        writer.WriteString("protocol", flow.Protocol);
        writer.WriteString("name", flow.Name);
        writer.WriteEndObject();
    }

    private static void WriteSubject(Utf8JsonWriter writer, Subject subject)
    {
        if (subject == default)
        {
            writer.WriteNull("subject");
            return;
        }

        writer.WriteStartObject("subject");
        writer.WriteString("run", subject.Run?.Value);
        WriteNumber(writer, "step", subject.Step);
        writer.WriteString("episode", subject.Episode?.Value);
        writer.WriteString("toolCall", subject.Call?.Value);
        writer.WriteString("container", subject.Sandbox?.Value);
        WriteNumber(writer, "process", subject.Pid);
        writer.WriteEndObject();
    }

    private static void WriteEvidence(Utf8JsonWriter writer, ReplayEvidence each)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq", each.Seq);
        writer.WriteString("file", each.File);
        WriteNumber(writer, "record", each.Record);
        writer.WriteString("time", each.Time?.UtcDateTime.ToString(
            "O", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("fact", each.Kind);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void WriteLine(Stream stream, Action<Utf8JsonWriter> members)
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
