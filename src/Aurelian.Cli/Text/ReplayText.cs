using System.Globalization;
using Aurelian.Investigation;

namespace Aurelian.Cli;

/// <summary><c>replay</c> for people: a finding in two lines, then what became of each file.</summary>
internal static class ReplayText
{
    private const int Wide = 160;

    internal static void WriteFinding(ReplayFinding found, TextWriter writer)
    {
        string where = found.Records is { } records ? $"records {records.First}–{records.Last}" : "no record";
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{found.Time:yyyy-MM-dd HH:mm:ss.fff}  {ReplayJson.Word(found.Finding.Severity),-8} ")
            + $"{found.Finding.Rule}: {TerminalText.Line(found.Finding.Explanation, Wide)}");
        string flow = found.Flow is { } seen
            ? $"{seen.Source} → {seen.Destination} {ReplayJson.Word(seen.Transport)} {seen.Protocol} {seen.Name}" : "";
        writer.WriteLine($"    {TerminalText.Line($"{found.File}, {where}  {flow}", Wide)}");
    }

    internal static void WriteSummary(ReplaySession session, double seconds, TextWriter writer)
    {
        writer.WriteLine();
        foreach (ReplayFile file in session.Files)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{TerminalText.Safe(file.File)}: {file.Kind}, {file.Records} records read, {file.Unreadable} not, "
                + $"{file.Findings} findings{(file.Partial ? " (partial)" : "")}"));
            foreach (string note in file.Notes)
            {
                writer.WriteLine($"    {TerminalText.Line(note, Wide)}");
            }
        }

        if (session.Forgotten > 0)
        {
            writer.WriteLine($"The detectors' tables were full: {session.Forgotten} entries were forgotten.");
        }

        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"));
    }
}
