using System.IO.Compression;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Calls;

public sealed class CallLogTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void A_table_of_calls_needs_a_start_and_an_episode()
    {
        (string kind, CallList list, ReadReport report) = Read(Reads.SampleBytes("calls.csv"));

        Assert.Equal("csv", kind);
        Assert.Equal(["ls", "make; test", "id"], list.Calls.Select(call => call.Command));
        Assert.Equal(("e1", "t1", "bash", "ckpt-1", 3, "10.88.0.4"), (list.Calls[0].Episode, list.Calls[0].Task,
            list.Calls[0].Tool, list.Calls[0].Model, list.Calls[0].Step, list.Calls[0].HostIp));
        // Without an end a call ends when the next one starts.
        Assert.Equal(1_768_471_230 * Second, list.Calls[1].EndNs);
        Assert.Equal((1_768_471_200 * Second, 1_768_471_240 * Second),
            (list.Calls[0].EpisodeStartNs, list.Calls[0].EpisodeEndNs));
        Assert.Equal([new SkippedRecord(5, "it ends before it starts")], report.Skipped);
    }

    [Fact]
    public void A_roll_dump_s_calls_carry_their_episode_s_whole_window()
    {
        (string kind, CallList list, ReadReport report) = Read(Reads.SampleBytes("roll-dump.jsonl"));

        Assert.Equal("roll-dump", kind);
        Assert.Equal(["make test", "ssh -R 2222:localhost:22 u@198.51.100.9", "ls"],
            list.Calls.Select(call => call.Command));
        CallRecord call = list.Calls[0];
        Assert.Equal(("call-a", "ops-index-1", 4, "10.88.0.4", "sb-17", true),
            (call.Id, call.Task, call.Step, call.HostIp, call.Container, call.WholeEpisode));
        Assert.Equal(240.5, (call.EndNs - call.StartNs) / 1e9);
        Assert.Equal(70, (list.Calls[2].EndNs - list.Calls[2].StartNs) / 1e9);
        Assert.True(report.NaiveTimes);
        Assert.Contains("traj_save_time", Assert.Single(report.Skipped).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_inspect_log_s_tool_events_are_calls_with_both_times(bool archive)
    {
        byte[] log = Reads.SampleBytes("inspect.json");

        (string kind, CallList list, ReadReport report) = Read(archive ? Archive(log) : log);

        Assert.Equal("inspect", kind);
        Assert.Equal(["ls -la", "print(1)", "id"], list.Calls.Select(call => call.Command));
        Assert.Equal(["s-1#1", "s-1#1", "s-1#2"], list.Calls.Select(call => call.Episode));
        Assert.Equal(["t1", "t2", "s-1#2:t1"], list.Calls.Select(call => call.Id == "s-1#1:t1" ? "t1" : call.Id));
        Assert.All(list.Calls, call => Assert.Equal(("ops/s-1", "coder/step-7"), (call.Task, call.Model)));
        Assert.Equal([3.5, 3, 1], list.Calls.Select(call => (call.EndNs - call.StartNs) / 1e9));
        Assert.Equal(60, (list.Calls[0].EpisodeEndNs - list.Calls[0].EpisodeStartNs) / 1e9);
        Assert.Equal("a tool call without a timestamp", Assert.Single(report.Skipped).Reason);
    }

    [Fact]
    public void Openhands_calls_end_with_their_observation()
    {
        (_, CallList list, ReadReport report) = Read(new TemporaryLines(
            "{\"instance_id\":\"a-1\",\"history\":[{\"action\":\"run\",\"args\":{\"command\":\"pytest\"},"
            + "\"timestamp\":\"2026-01-15T10:00:00\"},"
            + "{\"observation\":\"run\",\"timestamp\":\"2026-01-15T10:00:07\"}]}")
            .Bytes);

        CallRecord call = Assert.Single(list.Calls);
        Assert.Equal(("a-1", 7), (call.Task, (call.EndNs - call.StartNs) / 1e9));
        Assert.True(report is { Timed: true, NaiveTimes: true });
    }

    [Theory]
    [InlineData("swe-agent.traj")]
    [InlineData("commands.txt")]
    public void A_session_without_times_says_so(string sample)
    {
        (_, CallList list, ReadReport report) = Read(Reads.SampleBytes(sample));

        Assert.NotEmpty(list.Calls);
        Assert.False(report.Timed);
    }

    [Fact]
    public void Spans_find_their_agent_over_the_model_s_calls_between()
    {
        (_, CallList list, _) = Read(Spans(
            Span("t1", "a", null, "invoke_agent", 100, 200, ("gen_ai.conversation.id", "ep-1"),
                ("gen_ai.request.model", "m-7")),
            Span("t1", "l", null, "rl.sample", 90, 210, ("rl.sample.task.id", "task-1"), ("rl.step", "7")),
            Span("t1", "c", "a", "chat", 110, 150),
            Span("t1", "x", "c", "execute_tool", 120, 140, ("gen_ai.tool.call.id", "call-1"),
                ("gen_ai.tool.call.arguments", "{\\\"command\\\": \\\"ls\\\"}"))).Bytes);

        CallRecord call = Assert.Single(list.Calls);
        Assert.Equal(("call-1", "ep-1", "m-7", "ls"), (call.Id, call.Episode, call.Model, call.Command));
        Assert.Equal((100 * Second, 200 * Second), (call.EpisodeStartNs, call.EpisodeEndNs));
    }

    [Fact]
    public void Two_agents_of_one_trace_keep_their_calls_apart()
    {
        (_, CallList list, _) = Read(Spans(
            Span("t1", "s", null, "rl.sample", 1, 300, ("rl.sample.task.id", "task-1"), ("rl.step", "4")),
            Span("t1", "a", "s", "invoke_agent", 100, 200),
            Span("t1", "b", "s", "invoke_agent", 100, 250, ("gen_ai.conversation.id", "ep-b")),
            Span("t1", "x", "a", "execute_tool", 120, 140),
            Span("t1", "y", "b", "execute_tool", 120, 140)).Bytes);

        Assert.Equal(["t1", "ep-b"], list.Calls.Select(call => call.Episode));
        Assert.Equal(["t1:x", "t1:y"], list.Calls.Select(call => call.Id));
        Assert.All(list.Calls, call => Assert.Equal(("task-1", 4L), (call.Task, call.Step)));
    }

    [Fact]
    public void Ids_that_are_not_unique_give_way_to_the_spans_and_repeats_are_merged()
    {
        string first = Span("t1", "x", null, "execute_tool", 120, 140, ("gen_ai.tool.call.id", "call-1"));

        (_, CallList list, _) = Read(Spans(first, first,
            Span("t2", "y", null, "execute_tool", 120, 140, ("gen_ai.tool.call.id", "call-1"))).Bytes);

        Assert.Equal(["t1:x", "t2:y"], list.Calls.Select(call => call.Id));
        Assert.Equal(1, list.Duplicates);
    }

    [Fact]
    public void Damaged_lines_of_spans_are_told_by_their_line()
    {
        string span = Span("t1", "x", null, "execute_tool", 1, 2);
        string whole = $"{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{span}]}}]}}]}}";
        TemporaryLines lines = new(whole, "", whole[..40], "not JSON at all", whole.Replace("\"x\"", "\"y\"",
            StringComparison.Ordinal), whole.Replace("\"x\"", "\"z\"", StringComparison.Ordinal)[..^5]);

        (_, CallList list, ReadReport report) = Read(lines.Bytes);

        Assert.Equal(["x", "y", "z"], list.Calls.Select(call => call.Id.Split(':')[1]));
        Assert.Equal([3L, 4, 6], report.Skipped.Select(each => each.Line));
        Assert.Equal([1L, 5, 6], list.Calls.Select(call => call.Line));
    }

    [Fact]
    public void A_clock_that_was_set_back_is_said()
    {
        (_, CallList list, _) = Read(Spans(
            Span("t1", "a", null, "invoke_agent", 1000, 2000),
            Span("t1", "x", "a", "execute_tool", 1100, 1050),
            Span("t1", "y", "a", "execute_tool", 5000, 5001)).Bytes);

        Assert.Equal(2, list.Notes.Count);
        Assert.Contains("1 spans end before they start", list.Notes[0], StringComparison.Ordinal);
        Assert.Contains("1 of 2 calls lie outside", list.Notes[1], StringComparison.Ordinal);
    }

    private static (string Kind, CallList List, ReadReport Report) Read(byte[] bytes)
    {
        using TemporaryFile file = new(bytes);
        using SourceFile source = CallLog.Open(file.Path, 1, TimeSpan.Zero, ColumnMap.Usual);
        CallList list = CallLog.Read(source, CancellationToken.None);
        return (source.Reader.Kind, list, source.Report);
    }

    private static byte[] Archive(byte[] log)
    {
        MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            string text = System.Text.Encoding.UTF8.GetString(log);
            int samples = text.IndexOf("\"samples\"", StringComparison.Ordinal);
            Add(zip, "_journal/start.json", text[..samples].TrimEnd(',', ' ', '\n') + "}");
            Add(zip, "samples/s-1_epoch_1.json", "{" + text[samples..]);
        }

        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        using StreamWriter writer = new(zip.CreateEntry(name).Open());
        writer.Write(text);
    }

    private static TemporaryLines Spans(params string[] spans) => new(
        $"{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{string.Join(',', spans)}]}}]}}]}}");

    private static string Span(
        string trace, string id, string? parent, string operation, long start, long end,
        params (string Key, string Value)[] attributes)
    {
        string parentId = parent is null ? "" : $"\"parentSpanId\":\"{parent}\",";
        IEnumerable<string> all = attributes.Prepend(("gen_ai.operation.name", operation)).Select(each =>
            $"{{\"key\":\"{each.Item1}\",\"value\":{{\"stringValue\":\"{each.Item2}\"}}}}");
        return $"{{\"traceId\":\"{trace}\",\"spanId\":\"{id}\",{parentId}\"name\":\"{operation}\","
            + $"\"startTimeUnixNano\":\"{start}000000000\",\"endTimeUnixNano\":\"{end}000000000\","
            + $"\"attributes\":[{string.Join(',', all)}]}}";
    }

    private sealed record TemporaryLines(params string[] Lines)
    {
        internal byte[] Bytes => System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Lines) + "\n");
    }
}
