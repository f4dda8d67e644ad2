using System.Globalization;
using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// ROLL's rollout dumps: a line a trajectory with <c>trajectory_data</c>, <c>messages</c> and <c>global_step</c>, the
/// first two as objects or as JSON in a text. Source: ROLL's agentic pipeline, dump_rollout_trajectories. No call has
/// times of its own: each carries its episode's whole window, from the naive local time of saving back by what the
/// trajectory took.
/// </summary>
internal sealed class RollDump : CallReader
{
    private const int Data = 0, Messages = 1, GlobalStep = 2, TrajectoryId = 3;

    private readonly JsonFields _row = new("trajectory_data", "messages", "global_step", "trajectory_id");

    private readonly JsonFields _data = new(
        "trajectory_id", "env_info/task_id", "env_info/sandbox_id", "env_info/sandbox_ip", "timing_info/traj_save_time",
        "timing_info/traj_time_env_total", "timing_info/traj_time_generate_sum", "timing_info/traj_time_step",
        "length_info/num_actions", "current_step", "env_info/tag", "env_info/model", "timing_info/traj_time_reset",
        "timing_info/traj_time_total");

    private const int Id = 0, TaskId = 1, SandboxId = 2, SandboxIp = 3, SaveTime = 4, TimeTotal = 5, GenerateSum = 6,
        StepTime = 7, Actions = 8, CurrentStep = 9, Tag = 10, Model = 11, ResetTime = 12, TrajectoryTotal = 13;

    private readonly JsonFields _call = new("function/name", "function/arguments", "id", "name", "arguments");

    public override string Kind => "roll-dump";

    internal override IEnumerable<CallRecord> ReadCalls(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        LineReader lines = new(input, 256 * 1024 * 1024);
        List<CallRecord> calls = [];
        while (!report.IsHopeless && TryLine(lines, report, calls))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (CallRecord call in calls)
            {
                yield return call;
            }

            calls.Clear();
        }
    }

    private bool TryLine(LineReader lines, ReadReport report, List<CallRecord> calls)
    {
        if (!lines.TryRead(out ReadOnlySpan<byte> line))
        {
            return false;
        }

        if (!line.Trim(" \t\0"u8).IsEmpty)
        {
            if (Read(line, lines.Number, report, calls) is { } reason)
            {
                report.Reject("line", lines.Number, Recognition.Explain(line, Kind, reason, report));
            }
            else
            {
                report.Accept();
            }
        }

        return true;
    }

    private string? Read(ReadOnlySpan<byte> line, long number, ReadReport report, List<CallRecord> calls)
    {
        if (!_row.TryRead(line))
        {
            return "no whole JSON object";
        }

        JsonRow row = new(_row, line);
        byte[] data = Inner(row, Data);
        if (!_data.TryRead(data))
        {
            return row.Has(Data) ? "trajectory_data is no JSON object" : "without trajectory_data";
        }

        JsonRow known = new(_data, data);
        if (!known.TryStamp(SaveTime, report, out long saved))
        {
            return "without timing_info.traj_save_time: its calls have no time at all";
        }

        report.Timed = true;
        if (Took(known) is not { } seconds)
        {
            return "timing_info says neither traj_time_total nor how long steps took: its window is unknown";
        }

        string episode = known.Text(Id, 256) ?? row.Text(TrajectoryId, 256)
            ?? string.Create(CultureInfo.InvariantCulture, $"line-{number}");
        long start = saved - (long)(seconds * 1e9);
        int count = 0;
        foreach ((string tool, string command, string? id) in Calls(MessagesOf(row, line)))
        {
            calls.Add(new CallRecord
            {
                Line = number,
                Id = id ?? string.Create(CultureInfo.InvariantCulture, $"{episode}.c{++count}"),
                Episode = episode,
                Task = known.Text(TaskId, 256) ?? known.Text(Tag, 256),
                Tool = tool,
                Command = command,
                Model = known.Text(Model, 256),
                Step = row.TryLong(GlobalStep, out long step) || known.TryLong(CurrentStep, out step) ? step : null,
                StartNs = start,
                EndNs = saved,
                EpisodeStartNs = start,
                EpisodeEndNs = saved,
                HostIp = known.Text(SandboxIp, 64),
                Container = known.Text(SandboxId, 128),
                WholeEpisode = true,
            });
        }

        return null;
    }

    /// <summary>What the trajectory took, seconds: its total, else steps and generation added up.</summary>
    private static double? Took(in JsonRow known)
    {
        if (known.TryDouble(TrajectoryTotal, out double total) || known.TryDouble(TimeTotal, out total))
        {
            return total > 0 ? total : null;
        }

        bool steps = known.TryDouble(StepTime, out double step);
        known.TryDouble(GenerateSum, out double generated);
        known.TryDouble(ResetTime, out double reset);
        total = generated + reset + (step * Math.Max(1, known.TryLong(Actions, out long count) ? count : 1));
        return steps && total is > 0 and < 1e7 ? total : null;
    }

    /// <summary>The messages' array: as a text's content, or cut out of the row.</summary>
    private static byte[] MessagesOf(in JsonRow row, ReadOnlySpan<byte> line)
    {
        byte[] inner = Inner(row, Messages);
        if (inner.Length == 0 || inner[0] == '[')
        {
            return inner;
        }

        // Of an array the row's fields keep the first element alone.
        JsonElements elements = new(new MemoryStream(line.ToArray()), false, JsonElements.ElementMax, "messages");
        MemoryStream array = new();
        array.WriteByte((byte)'[');
        while (elements.TryNext(out _, out ReadOnlySpan<byte> element))
        {
            array.Write(element);
            array.WriteByte((byte)',');
        }

        array.WriteByte((byte)']');
        return array.ToArray();
    }

    /// <summary>A value that is JSON, or a text that holds it.</summary>
    private static byte[] Inner(in JsonRow row, int slot)
    {
        ReadOnlySpan<byte> raw = row.Has(slot) ? row.Raw(slot) : default;
        return raw.IsEmpty ? [] : raw[0] is (byte)'{' or (byte)'[' && raw[^1] is (byte)'}' or (byte)']'
            ? Unescape(raw) : Encoding.UTF8.GetBytes(row.Text(slot, int.MaxValue / 8) ?? "");
    }

    /// <summary>
    /// A text's bytes begin with a bracket as an object's do: only those of a text hold escaped quotes.
    /// </summary>
    private static byte[] Unescape(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOf("\\\""u8) is var at && (at < 0 || raw[..at].IndexOf((byte)'"') >= 0))
        {
            return raw.ToArray();
        }

        try
        {
            System.Text.Json.Utf8JsonReader reader = new([(byte)'"', .. raw, (byte)'"']);
            return reader.Read() ? Encoding.UTF8.GetBytes(reader.GetString() ?? "") : [];
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>Of each assistant's message its tool calls, as OpenAI's format has them or in a text's tags.</summary>
    private List<(string Tool, string Command, string? Id)> Calls(byte[] messages)
    {
        List<(string, string, string?)> calls = [];
        JsonElements elements = new(new MemoryStream(messages), byLine: false, JsonElements.ElementMax, "");
        JsonFields message = new("role", "content", "content/text", "tool_calls/function/name");
        while (elements.TryNext(out _, out ReadOnlySpan<byte> element))
        {
            if (elements.WasCut || !message.TryRead(element))
            {
                continue;
            }

            JsonRow row = new(message, element);
            if (!row.Is(0, "assistant"u8))
            {
                continue;
            }

            int before = calls.Count;
            JsonElements inner = new(
                new MemoryStream(element.ToArray()), byLine: false, JsonElements.ElementMax, "tool_calls");
            while (row.Has(3) && inner.TryNext(out _, out ReadOnlySpan<byte> each))
            {
                Add(each, calls);
            }

            string text = row.Text(1, 1 << 20) ?? row.Text(2, 1 << 20) ?? "";
            if (calls.Count == before)
            {
                InText(text, calls);
            }
        }

        return calls;
    }

    private void Add(ReadOnlySpan<byte> json, List<(string, string, string?)> calls)
    {
        if (_call.TryRead(json))
        {
            JsonRow row = new(_call, json);
            string arguments = row.Text(1, 16_384) ?? row.Text(4, 16_384) ?? "";
            calls.Add((row.Text(0, 128) ?? row.Text(3, 128) ?? "tool", CommandText.OfArguments(arguments),
                row.Text(2, 128)));
        }
    }

    /// <summary><c>&lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;</c>, else the first fenced shell
    /// block.</summary>
    private void InText(string text, List<(string, string, string?)> calls)
    {
        const string Open = "<tool_call>", Close = "</tool_call>";
        int at = text.IndexOf(Open, StringComparison.Ordinal), before = calls.Count;
        while (at >= 0)
        {
            int end = text.IndexOf(Close, at, StringComparison.Ordinal);
            string inside = text[(at + Open.Length)..(end < 0 ? text.Length : end)].Trim();
            if (inside.StartsWith('{'))
            {
                Add(Encoding.UTF8.GetBytes(inside), calls);
            }
            else if (inside.Length > 0)
            {
                calls.Add(("tool", Fields.Cut(inside, 16_384), null));
            }

            at = end < 0 ? -1 : text.IndexOf(Open, end, StringComparison.Ordinal);
        }

        if (calls.Count == before && CommandText.OfFence(text) is { } fenced)
        {
            calls.Add(("bash", Fields.Cut(fenced, 16_384), null));
        }
    }
}
