using System.Globalization;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Cli;

/// <summary>An investigation for a person at a terminal, in the order in which it is judged: what was read, the clock,
/// what coincides, who did it, what is missing.</summary>
internal static class InvestigateText
{
    private const int LinesMax = 12, AlertsMax = 30, CallsMax = 12, CommandWidth = 88;

    /// <summary>What counts as found.</summary>
    private const double FoundMax = 0.05;

    internal static void Write(SolvedCase solved, TextWriter writer)
    {
        WriteSources(solved.Case, writer);
        WriteClock(solved.Answer.Clock, writer);
        WriteAssociations(solved, writer);
        WriteSuspects(solved, writer);
        WriteAlerts(solved, writer);
        writer.WriteLine();
        writer.WriteLine("What would settle the rest");
        foreach (string log in solved.Answer.WouldSettle.DefaultIfEmpty("nothing is open"))
        {
            writer.WriteLine($"  {TerminalText.Safe(log)}");
        }

        writer.WriteLine();
        writer.WriteLine($"{InvestigateJson.Word(solved.Answer.Conclusion)}: "
            + TerminalText.Safe(solved.Shown(solved.Answer.Summary)));
    }

    private static void WriteSources(InvestigationCase @case, TextWriter writer)
    {
        writer.WriteLine("What was read" + (@case.Partial ? " (partial: some of it is damaged)" : ""));
        int width = Math.Min(40, @case.Sources.Select(source => source.File.Length).DefaultIfEmpty(0).Max());
        foreach (CaseSource source in @case.Sources)
        {
            string repeats = source.Duplicates > 0 ? $", {source.Duplicates} repeat another" : "";
            string skipped = source.SkippedTotal > 0 ? $", {source.SkippedTotal} skipped" : "";
            writer.WriteLine($"  {TerminalText.Safe(source.File).PadRight(width)}  {source.Kind}: {source.Records} "
                + $"records, {source.Usable} usable{repeats}{skipped}");
            foreach (SkippedLine line in source.Skipped.Take(LinesMax))
            {
                writer.WriteLine($"    line {line.Line}: {TerminalText.Line(line.Reason, 140)}");
            }

            if (source.SkippedTotal > LinesMax)
            {
                writer.WriteLine($"    and {source.SkippedTotal - LinesMax} more; --format json lists them");
            }

            foreach (string note in source.Notes.Take(LinesMax))
            {
                writer.WriteLine($"    {TerminalText.Safe(note)}");
            }
        }
    }

    private static void WriteClock(ClockEstimate clock, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("Clock (firewall's minus traces')");
        if (clock.OffsetSeconds is not { } offset)
        {
            writer.WriteLine("  unknown: nothing in the data tells by how much the clocks differ");
        }
        else
        {
            writer.WriteLine($"  offset     {Seconds(offset)}{Range(clock.OffsetInterval, "s")}"
                + (clock.Status == ClockStatus.Exact ? ", from joined flows" : ", estimated")
                + $": the firewall's clock is {(offset < 0 ? "behind" : "ahead")}");
            writer.WriteLine($"  drift      {Text(clock.DriftPpm, "0.#")} ppm{Range(clock.DriftInterval, "ppm")}");
            writer.WriteLine($"  first alert {Text(clock.OnsetLagSeconds, "0.##")} s after a call's start"
                + Range(clock.OnsetLagInterval, "s"));
        }

        if (clock.ZoneShiftSeconds != 0)
        {
            writer.WriteLine($"  of it {Text(clock.ZoneShiftSeconds / 3600, "+0.##;-0.##")} h are taken for a mistaken "
                + "time zone");
        }

        writer.WriteLine($"  stamps are rounded down to {Text(clock.GrainSeconds, "0.######")} s");
    }

    private static void WriteAssociations(SolvedCase solved, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("What coincides with alerts more than chance allows (q ≤ 0.05)");
        Association[] found = [.. solved.Answer.Associations.Where(each => each.QValue <= FoundMax)];
        if (found.Length == 0)
        {
            writer.WriteLine("  nothing");
        }

        foreach (IGrouping<CauseKind, Association> kind in found.GroupBy(each => each.Kind))
        {
            foreach (Association each in kind.Take(LinesMax))
            {
                string value = TerminalText.Line(solved.Shown(each.Value), 48);
                writer.WriteLine($"  {InvestigateJson.Word(kind.Key),-10} {value,-34} {Text(each.Alerts, "0.#"),6} "
                    + $"alerts, rate ×{Text(each.RateRatio, "0.#")}{Range(each.Interval, "")}, "
                    + $"q {Text(each.QValue, "G2")}");
            }

            if (kind.Count() > LinesMax)
            {
                writer.WriteLine($"  {InvestigateJson.Word(kind.Key),-10} and {kind.Count() - LinesMax} more");
            }
        }
    }

    private static void WriteSuspects(SolvedCase solved, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("Tool calls that alerts are attributed to (expected number of alerts)");
        if (solved.Suspects.Calls.Count == 0)
        {
            writer.WriteLine("  none");
        }

        foreach (Suspect suspect in solved.Suspects.Calls.Take(CallsMax))
        {
            CaseCall call = suspect.Call;
            writer.WriteLine($"  {Text(suspect.Alerts, "0.0"),6}  {TerminalText.Safe(call.Id)}  "
                + $"{TerminalText.Safe(call.Episode)}  {TerminalText.Safe(call.Task ?? "")}"
                + (suspect.Exact > 0 ? $"  exact: {suspect.Exact}" : ""));
            writer.WriteLine($"          {TerminalText.Line(solved.Shown(call.Command ?? call.Tool), CommandWidth)}");
            foreach (CommandEvidence evidence in suspect.Evidence)
            {
                writer.WriteLine($"          rule {evidence.Rule} ({ReplayJson.Word(evidence.Severity)}): "
                    + TerminalText.Line(solved.Shown(evidence.Explanation), CommandWidth));
            }

            foreach (string said in suspect.Agreements.Concat(suspect.Loads.Select(load => load.Sentence)))
            {
                writer.WriteLine($"          {TerminalText.Safe(said)}");
            }
        }

        if (solved.Suspects.Calls.Count > CallsMax)
        {
            writer.WriteLine($"          and {solved.Suspects.Calls.Count - CallsMax} more; --report shows them");
        }

        if (solved.HostFindings.Count > 0)
        {
            writer.WriteLine($"  the host's own logs: {solved.HostFindings.Count} findings, first "
                + TerminalText.Line(solved.Shown(solved.HostFindings[0].Explanation), CommandWidth));
        }
    }

    private static void WriteAlerts(SolvedCase solved, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("Alerts and their most likely tool calls");
        int shown = 0;
        for (int index = 0; index < solved.Answer.Alerts.Count && shown < AlertsMax; index++)
        {
            CaseAlert alert = solved.Case.Alerts[index];
            if (alert.DuplicateOf is null)
            {
                shown++;
                writer.WriteLine($"  line {alert.Line,-5} {Stamp(alert.Time)}  "
                    + $"{TerminalText.Line(alert.Type, 30),-30}  " + Who(solved.Answer.Alerts[index]));
            }
        }

        int first = solved.Case.Alerts.Count(alert => alert.DuplicateOf is null);
        if (first > shown)
        {
            writer.WriteLine($"  and {first - shown} more; --format json lists every one, --report draws them");
        }
    }

    private static string Who(AlertAnswer answer)
    {
        if (answer.Background is not { } background)
        {
            return "nothing can be said";
        }

        List<string> parts = [.. answer.Candidates.Take(3).Where(each => each.Probability >= 0.01).Select(each =>
            $"{TerminalText.Safe(each.ToolCall)} {Percent(each.Probability)}")];
        if (background >= 0.005)
        {
            parts.Add($"no recorded call {Percent(background)}");
        }

        return (answer.Exact ? "exact: " : "") + string.Join(", ", parts);
    }

    private static string Percent(double share) => Text(share * 100, share is > 0.995 and < 1 ? "0.0" : "0") + " %";

    private static string Stamp(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds).ToString(
        "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => Text(seconds, "+0.0;-0.0") + " s";

    private static string Range(Interval? interval, string unit) => interval is { } known
        ? $" (95 %: {Text(known.Low, "0.##")} to {Text(known.High, "0.##")}{(unit.Length > 0 ? " " : "")}{unit})" : "";

    private static string Text(double? number, string format) =>
        number?.ToString(format, CultureInfo.InvariantCulture) ?? "unknown";
}
