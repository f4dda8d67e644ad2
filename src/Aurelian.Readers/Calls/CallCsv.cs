using System.Globalization;
using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// Tool calls as a plain table: a header, then a row a call. A start and an episode are needed; without an end a call
/// ends when the next of its episode starts.
/// </summary>
internal sealed class CallCsv(ColumnMap map) : CallReader
{
    internal static readonly string[] Names =
        ["start", "end", "duration", "episode", "call", "task", "tool", "command", "checkpoint", "step", "host"];

    private const int Start = 0, End = 1, Duration = 2, Episode = 3, Call = 4, Task = 5, Tool = 6, Command = 7,
        Checkpoint = 8, Step = 9, Host = 10;

    private static readonly string[][] Usual =
    [
        ["start_time", "started", "started_at", "begin", "timestamp", "time", "ts", "start_ts"],
        ["end_time", "ended", "ended_at", "finish", "finished_at", "stop", "end_ts"],
        ["duration_s", "seconds", "duration_seconds", "elapsed", "execution_time"],
        ["episode_id", "trajectory", "trajectory_id", "conversation", "conversation_id", "session", "session_id",
            "trace_id", "rollout", "rollout_id"],
        ["call_id", "tool_call", "tool_call_id", "toolcallid", "span_id", "id"],
        ["task_id", "instance_id", "sample", "sample_id", "problem"],
        ["tool_name", "action", "function"],
        ["cmd", "arguments", "args", "input", "code"],
        ["model", "policy", "policy_version", "checkpoint_id"],
        ["global_step", "training_step", "train_step", "rl_step"],
        ["host_ip", "sandbox_ip", "ip", "sandbox", "container", "container_id", "address"],
    ];

    public override string Kind => "csv";

    internal static bool Looks(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty || head.Contains((byte)0) || head[0] is (byte)'{' or (byte)'[')
        {
            return false;
        }

        CsvTable table = new(new MemoryStream(head.ToArray()));
        return table.TryReadHeader() && ColumnMap.Usual.Find(table.Header, Names[Start], Usual[Start]) >= 0
            && ColumnMap.Usual.Find(table.Header, Names[Episode], Usual[Episode]) >= 0;
    }

    internal override IEnumerable<CallRecord> ReadCalls(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        CsvTable table = new(input);
        StringPool pool = new();
        if (!table.TryReadHeader())
        {
            report.Note("the beginning", "the file is empty");
            yield break;
        }

        int[] columns = [.. Enumerable.Range(0, Names.Length).Select(
            field => map.Find(table.Header, Names[field], Usual[field]))];
        string[] missing = [.. Names.Where((name, field) => columns[field] < 0
            && (field is Start or Episode || map.Said(name) is not null))];
        if (missing.Length > 0)
        {
            report.Reject("line", table.Line, $"no column for {string.Join(", ", missing)}; the header has: "
                + $"{Fields.Cut(string.Join(", ", table.Header), 400)}; name it with "
                + $"--trace-columns {missing[0]}=COLUMN");
            yield break;
        }

        List<(CallRecord Call, bool Ends)> calls = [];
        while (!report.IsHopeless && table.TryRead())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (table.WasCut)
            {
                report.Reject("line", table.Line, "the file ends inside quotes");
            }
            else if (Read(table, columns, report, pool, out CallRecord? call, out bool ends) is { } reason)
            {
                report.Reject("line", table.Line, reason);
            }
            else
            {
                report.Accept();
                calls.Add((call!, ends));
            }
        }

        foreach (IGrouping<string, (CallRecord Call, bool Ends)> episode in calls.GroupBy(each => each.Call.Episode))
        {
            Complete([.. episode.OrderBy(each => each.Call.StartNs)]);
        }

        foreach ((CallRecord call, _) in calls)
        {
            yield return call;
        }
    }

    private static void Complete((CallRecord Call, bool Ends)[] calls)
    {
        for (int index = 0; index < calls.Length; index++)
        {
            if (!calls[index].Ends && index + 1 < calls.Length)
            {
                calls[index].Call.EndNs = calls[index + 1].Call.StartNs;
            }
        }

        long start = calls.Min(each => each.Call.StartNs), end = calls.Max(each => each.Call.EndNs);
        foreach ((CallRecord call, _) in calls)
        {
            (call.EpisodeStartNs, call.EpisodeEndNs) = (start, end);
        }
    }

    private static string? Read(
        CsvTable table, int[] columns, ReadReport report, StringPool pool, out CallRecord? call, out bool ends)
    {
        string Text(int field) => table[columns[field]];
        string? Known(int field) => Text(field) is { Length: > 0 } text ? pool.Get(text) : null;
        (call, ends) = (null, false);
        if (Text(Start).Length == 0 || Text(Episode).Length == 0)
        {
            return table.Columns < table.Header.Count ? "too few columns"
                : Text(Start).Length == 0 ? "the start is absent" : "the episode is absent";
        }

        if (!Stamps.TryRead(Encoding.UTF8.GetBytes(Text(Start)), report, out long start))
        {
            return $"'{Fields.Cut(Text(Start), 40)}' is no time that is known here: RFC 3339, or seconds since 1970";
        }

        report.Timed = true;
        ends = Stamps.TryRead(Encoding.UTF8.GetBytes(Text(End)), report, out long end);
        if (!ends && double.TryParse(Text(Duration), NumberStyles.Float, CultureInfo.InvariantCulture,
            out double seconds) && seconds is >= 0 and < 1e7)
        {
            (end, ends) = (start + (long)(seconds * 1e9), true);
        }

        if (ends && end < start)
        {
            return "it ends before it starts";
        }

        string episode = pool.Get(Text(Episode));
        call = new CallRecord
        {
            Line = table.Line,
            Id = Known(Call) ?? string.Create(CultureInfo.InvariantCulture, $"{episode}:{table.Line}"),
            Episode = episode,
            Task = Known(Task),
            Tool = Known(Tool),
            Command = Text(Command) is { Length: > 0 } command ? CommandText.OfArguments(command) : null,
            Model = Known(Checkpoint),
            Step = long.TryParse(Text(Step), NumberStyles.Integer, CultureInfo.InvariantCulture, out long step)
                ? step : null,
            StartNs = start,
            EndNs = ends ? end : start,
            HostIp = Known(Host),
            Container = Known(Host),
        };
        return null;
    }
}
