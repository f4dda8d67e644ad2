using System.Globalization;
using Aurelian.Investigation.Cases;
using Aurelian.Readers;

namespace Aurelian.Investigation.Loading;

/// <summary>What became of one file, as it is read.</summary>
internal sealed class FileReport(string file, string kind, ReadReport report)
{
    internal FileReport(string path, SourceFile file) : this(path, file.Reader.Kind, file.Report)
    {
    }

    internal string File => file;

    internal string Kind => kind;

    internal ReadReport Report => report;

    internal int Records { get; set; }

    internal int Usable { get; set; }

    internal int Duplicates { get; set; }

    internal IReadOnlyList<SkippedRecord> Skipped => report.Skipped;

    internal List<string> Notes { get; } = [];

    internal CaseSource ToSource()
    {
        // What was skipped stands in its own list; of the reader's notes the others.
        IEnumerable<string> damage = report.Notes.Where(note => !report.Skipped.Any(each => note.EndsWith(
            string.Create(CultureInfo.InvariantCulture, $"{each.Line}: {each.Reason}"), StringComparison.Ordinal)));
        return new CaseSource
        {
            File = file,
            Kind = kind,
            Records = Records,
            Usable = Usable,
            Duplicates = Duplicates,
            Skipped = [.. report.Skipped.OrderBy(each => each.Line).Select(each => new SkippedLine(
                (int)Math.Min(each.Line, int.MaxValue), each.Reason))],
            SkippedTotal = (int)Math.Min(report.Unreadable, int.MaxValue),
            Notes = [.. Notes, .. damage],
        };
    }
}
