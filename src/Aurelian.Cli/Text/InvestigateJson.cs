using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;
using Aurelian.Investigation.Loading;

namespace Aurelian.Cli;

/// <summary><c>investigate --format json</c>: one object, as docs/INVESTIGATE.md says member by member.</summary>
internal static class InvestigateJson
{
    internal const string Schema = "aurelian.investigate/1";

    /// <summary>The writer holds what was not flushed: an answer of 100,000 alerts is some 100 MB.</summary>
    private const int AlertsAFlush = 1000;

    // Text of strangers stays escaped: a terminal may show it.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    internal static void Write(SolvedCase solved, Stream stream)
    {
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            InvestigationAnswer answer = solved.Answer;
            writer.WriteStartObject();
            writer.WriteString("schema", Schema);
            writer.WriteBoolean("partial", solved.Case.Partial);
            WriteSources(writer, solved.Case);
            WriteClock(writer, answer.Clock);
            WriteAssociations(writer, answer);
            WriteAlerts(writer, solved);
            writer.WriteString("conclusion", Word(answer.Conclusion));
            writer.WriteString("summary", answer.Summary);
            writer.WriteStartArray("wouldSettle");
            foreach (string log in answer.WouldSettle)
            {
                writer.WriteStringValue(log);
            }

            writer.WriteEndArray();
            WriteEvidence(writer, solved);
            WriteLoads(writer, solved);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    internal static void WriteRefusal(CaseLoad.Refused refused, Stream stream)
    {
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", Schema);
            writer.WriteStartObject("error");
            writer.WriteString("code", refused.Code);
            writer.WriteString("file", refused.File);
            WriteNumber(writer, "line", refused.Line);
            writer.WriteString("message", refused.Message);
            writer.WriteString("remedy", refused.Remedy);
            writer.WriteString("suggestedZone", refused.SuggestedZone);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteSources(Utf8JsonWriter writer, InvestigationCase @case)
    {
        writer.WriteStartArray("sources");
        foreach (CaseSource source in @case.Sources)
        {
            writer.WriteStartObject();
            writer.WriteString("file", source.File);
            writer.WriteString("kind", source.Kind);
            writer.WriteNumber("records", source.Records);
            writer.WriteNumber("usable", source.Usable);
            writer.WriteNumber("duplicates", source.Duplicates);
            writer.WriteStartArray("skipped");
            foreach (SkippedLine skipped in source.Skipped)
            {
                writer.WriteStartObject();
                writer.WriteNumber("line", skipped.Line);
                writer.WriteString("reason", skipped.Reason);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (source.SkippedTotal > source.Skipped.Count)
            {
                writer.WriteNumber("skippedTotal", source.SkippedTotal);
            }

            writer.WriteStartArray("notes");
            foreach (string note in source.Notes)
            {
                writer.WriteStringValue(note);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteClock(Utf8JsonWriter writer, ClockEstimate clock)
    {
        writer.WriteStartObject("clock");
        writer.WriteString("status", clock.Status.ToString().ToLowerInvariant());
        WriteNumber(writer, "referenceTime", clock.ReferenceTime);
        WriteNumber(writer, "offsetSeconds", clock.OffsetSeconds);
        WriteInterval(writer, "offsetInterval", clock.OffsetInterval);
        WriteNumber(writer, "driftPpm", clock.DriftPpm);
        WriteInterval(writer, "driftInterval", clock.DriftInterval);
        writer.WriteNumber("zoneShiftSeconds", clock.ZoneShiftSeconds);
        writer.WriteNumber("grainSeconds", clock.GrainSeconds);
        WriteNumber(writer, "onsetLagSeconds", clock.OnsetLagSeconds);
        WriteInterval(writer, "onsetLagInterval", clock.OnsetLagInterval);
        writer.WriteEndObject();
    }

    private static void WriteAssociations(Utf8JsonWriter writer, InvestigationAnswer answer)
    {
        writer.WriteStartArray("associations");
        foreach (Association each in answer.Associations)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Word(each.Kind));
            writer.WriteString("value", each.Value);
            WriteNumber(writer, "pValue", each.PValue);
            WriteNumber(writer, "qValue", each.QValue);
            WriteNumber(writer, "rateRatio", each.RateRatio);
            WriteInterval(writer, "interval", each.Interval);
            WriteNumber(writer, "alerts", each.Alerts);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteAlerts(Utf8JsonWriter writer, SolvedCase solved)
    {
        bool several = solved.Case.Alerts.Any(alert => alert.Source > 0);
        writer.WriteStartArray("alerts");
        int count = 0;
        foreach (AlertAnswer alert in solved.Answer.Alerts)
        {
            writer.WriteStartObject();
            if (several)
            {
                writer.WriteString("file", solved.Case.Sources[alert.Source].File);
            }

            writer.WriteNumber("line", alert.Line);
            WriteNumber(writer, "time", alert.Time);
            writer.WriteBoolean("exact", alert.Exact);
            WriteNumber(writer, "background", alert.Background);
            WriteNumber(writer, "rest", alert.Rest);
            writer.WriteStartArray("candidates");
            foreach (Candidate candidate in alert.Candidates)
            {
                writer.WriteStartObject();
                writer.WriteString("toolCall", candidate.ToolCall);
                writer.WriteString("episode", candidate.Episode);
                writer.WriteString("task", candidate.Task);
                WriteNumber(writer, "probability", candidate.Probability);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            if (++count % AlertsAFlush == 0)
            {
                writer.Flush();
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>What the detection rules say of the suspects' commands: beside the statistic, no part of it.</summary>
    private static void WriteEvidence(Utf8JsonWriter writer, SolvedCase solved)
    {
        writer.WriteStartArray("evidence");
        foreach (Suspect suspect in solved.Suspects.Calls)
        {
            foreach (CommandEvidence evidence in suspect.Evidence)
            {
                writer.WriteStartObject();
                writer.WriteString("toolCall", suspect.Call.Id);
                writer.WriteString("episode", suspect.Call.Episode);
                WriteNumber(writer, "alerts", suspect.Alerts);
                writer.WriteString("command", solved.Shown(suspect.Call.Command));
                writer.WriteString("rule", evidence.Rule);
                writer.WriteString("severity", ReplayJson.Word(evidence.Severity));
                writer.WriteString("explanation", solved.Shown(evidence.Explanation));
                writer.WriteString("technique", evidence.Technique);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>What suspects' sandboxes used while they ran: likewise.</summary>
    private static void WriteLoads(Utf8JsonWriter writer, SolvedCase solved)
    {
        writer.WriteStartArray("loads");
        foreach (Suspect suspect in solved.Suspects.Calls)
        {
            foreach (CallLoad load in suspect.Loads)
            {
                writer.WriteStartObject();
                writer.WriteString("toolCall", suspect.Call.Id);
                writer.WriteString("kind", load.Kind.ToString().ToLowerInvariant());
                WriteNumber(writer, "mean", load.Mean);
                WriteNumber(writer, "above", load.Above);
                writer.WriteNumber("of", load.Of);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    internal static string Word(Conclusion conclusion) => conclusion switch
    {
        Conclusion.Found => "found",
        Conclusion.CannotTell => "cannot-tell",
        Conclusion.NothingToExplain => "nothing-to-explain",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static string Word(CauseKind kind) => kind.ToString().ToLowerInvariant();

    private static void WriteInterval(Utf8JsonWriter writer, string name, Interval? interval)
    {
        if (interval is not { } known || !double.IsFinite(known.Low) || !double.IsFinite(known.High))
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        writer.WriteNumberValue(Round(known.Low));
        writer.WriteNumberValue(Round(known.High));
        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? number)
    {
        if (number is { } known && double.IsFinite(known))
        {
            writer.WriteNumber(name, Round(known));
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>Microseconds and millionths; of smaller numbers, as p-values are, six digits.</summary>
    private static double Round(double number)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return number == 0 || Math.Abs(number) >= 1e-3 ? Math.Round(number, 6)
            : double.Parse(number.ToString("G6", invariant), invariant);
    }
}
