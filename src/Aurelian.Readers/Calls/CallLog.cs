using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>Traces of every format as tool calls, each with its episode's window.</summary>
public static class CallLog
{
    /// <summary>Fields of a plain CSV file that <c>--trace-columns</c> may name.</summary>
    public static IReadOnlyList<string> CsvFields => CallCsv.Names;

    /// <summary>Opens a trace; what no other reader knows, or whose columns are named, is taken for CSV.</summary>
    /// <exception cref="IOException">There is no such file, or it may not be read.</exception>
    public static SourceFile Open(string path, int source, TimeSpan zone, ColumnMap columns) => SourceFile.Open(
        path, new ReadReport(source) { Zone = zone },
        head => !columns.IsEmpty || CallCsv.Looks(head) ? new CallCsv(columns) : null, force: !columns.IsEmpty);

    public static CallList Read(SourceFile file, CancellationToken cancellationToken)
    {
        List<CallRecord> calls = [];
        List<string> notes = [];
        int duplicates = 0;
        switch (file.Reader)
        {
            case OtlpReader otlp:
                SpanCalls spans = new(notes);
                foreach (GenAiSpan span in file.Read(stream => otlp.ReadSpans(stream, file.Report)))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    spans.Add(span);
                }

                calls = spans.Finish(out duplicates);
                break;
            case CallReader reader:
                HashSet<(string Episode, string Id, long StartNs)> seen = [];
                foreach (CallRecord call in file.Read(
                    stream => reader.ReadCalls(stream, file.Report, cancellationToken)))
                {
                    if (seen.Add((call.Episode, call.Id, call.StartNs)))
                    {
                        calls.Add(call);
                    }
                    else
                    {
                        duplicates++;
                    }
                }

                break;
            default:
                calls = FactCalls.Of(file.Read(cancellationToken));
                break;
        }

        MakeUnique(calls);
        NoteClock(calls, notes);
        return new CallList(calls, duplicates, notes);
    }

    /// <summary>Ids that a file uses twice get their episode before them.</summary>
    private static void MakeUnique(List<CallRecord> calls)
    {
        HashSet<string> seen = new(calls.Count), twice = [];
        foreach (CallRecord call in calls)
        {
            if (!seen.Add(call.Id))
            {
                twice.Add(call.Id);
            }
        }

        if (twice.Count == 0)
        {
            return;
        }

        Dictionary<string, int> numbers = [];
        foreach (CallRecord call in calls.Where(call => twice.Contains(call.Id)))
        {
            string id = $"{call.Episode}:{call.Id}";
            int number = numbers[id] = numbers.GetValueOrDefault(id) + 1;
            call.Id = number == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}#{number}");
        }
    }

    /// <summary>A clock that was set while the traces were written shows as calls outside their episode.</summary>
    private static void NoteClock(List<CallRecord> calls, List<string> notes)
    {
        const long SlackNs = 1_000_000_000;
        int outside = 0;
        CallRecord? first = null;
        foreach (CallRecord call in calls)
        {
            bool known = call.EpisodeEndNs > call.EpisodeStartNs;
            if (known && (call.StartNs < call.EpisodeStartNs - SlackNs || call.StartNs > call.EpisodeEndNs + SlackNs))
            {
                outside++;
                first ??= call;
            }
        }

        if (first is not null)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"line {first.Line}: {outside} of {calls.Count} calls lie outside their episode's own time: the clock "
                + $"jumped, or spans are mixed up; they are taken as they stand"));
        }
    }
}
