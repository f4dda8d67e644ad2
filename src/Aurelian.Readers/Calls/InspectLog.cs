using System.Globalization;
using System.IO.Compression;

namespace Aurelian.Readers;

/// <summary>
/// Inspect's evaluation logs: the JSON form, or the .eval archive with a file a sample. Source: inspect.aisi.org.uk,
/// "Log Files" and inspect_ai.event: a sample's <c>events</c> hold its tool calls with timestamp and completed.
/// </summary>
internal sealed class InspectLog(bool archive) : CallReader
{
    private const long ArchiveMax = 4L * 1024 * 1024 * 1024;
    private const long SampleMax = 1024 * 1024 * 1024;
    private const int Event = 0, Timestamp = 1, Completed = 2, Id = 3, Function = 4, Arguments = 5, SampleId = 6,
        Model = 7, Working = 8;

    private readonly JsonFields _eval = new("task", "model", "run_id", "created");
    private readonly JsonFields _event = new(
        "event", "timestamp", "completed", "id", "function", "arguments", "sample/id", "model", "working_time");

    private readonly StringPool _pool = new();
    private string? _task;
    private string? _model;

    public override string Kind => "inspect";

    /// <summary>An archive whose first entry is one of Inspect's.</summary>
    internal static bool LooksLikeArchive(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8)
        && (head.IndexOf("_journal/"u8) >= 0 || head.IndexOf("samples/"u8) >= 0 || head.IndexOf("header.json"u8) >= 0);

    internal override IEnumerable<CallRecord> ReadCalls(
        Stream input, ReadReport report, CancellationToken cancellationToken) => archive
        ? ReadArchive(input, report, cancellationToken) : ReadLog(input, report, cancellationToken);

    private IEnumerable<CallRecord> ReadArchive(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        // An archive's list stands at its end.
        using FileStream whole = Spool(input);
        using ZipArchive? zip = TryOpen(whole, report);
        IEnumerable<ZipArchiveEntry> entries = zip?.Entries ?? (IEnumerable<ZipArchiveEntry>)[];
        foreach (ZipArchiveEntry header in entries.Where(each => each.FullName is "_journal/start.json"
            or "header.json"))
        {
            _ = ReadLog(Unpack(header, report), report, cancellationToken).Count();
        }

        foreach (ZipArchiveEntry entry in entries.Where(each =>
            each.FullName.StartsWith("samples/", StringComparison.Ordinal)))
        {
            foreach (CallRecord call in ReadLog(Unpack(entry, report), report, cancellationToken))
            {
                yield return call;
            }
        }
    }

    private static ZipArchive? TryOpen(FileStream whole, ReadReport report)
    {
        try
        {
            ZipArchive zip = new(whole, ZipArchiveMode.Read);
            _ = zip.Entries.Count;
            return zip;
        }
        catch (InvalidDataException exception)
        {
            report.Note("the archive", exception.Message);
            return null;
        }
    }

    /// <summary>A damaged sample costs itself, from the damage on.</summary>
    private static MemoryStream Unpack(ZipArchiveEntry entry, ReadReport report)
    {
        MemoryStream unpacked = new();
        try
        {
            using Stream stream = entry.Open();
            byte[] buffer = new byte[65_536];
            for (int read = stream.Read(buffer); read > 0 && unpacked.Length < SampleMax; read = stream.Read(buffer))
            {
                unpacked.Write(buffer, 0, read);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            report.Note(Fields.Cut(entry.FullName, 128), exception.Message);
        }

        unpacked.Position = 0;
        return unpacked;
    }

    private static FileStream Spool(Stream input)
    {
        FileStream spool = new(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 65_536,
            FileOptions.DeleteOnClose);
        byte[] buffer = new byte[65_536];
        for (int read = input.Read(buffer); read > 0; read = input.Read(buffer))
        {
            spool.Write(buffer, 0, read);
            if (spool.Length > ArchiveMax)
            {
                spool.Dispose();
                throw new InvalidDataException("an archive of more than 4 GiB");
            }
        }

        spool.Position = 0;
        return spool;
    }

    private IEnumerable<CallRecord> ReadLog(Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        JsonElements elements = new(input, byLine: false, JsonElements.ElementMax, "eval", "epoch", "events", "uuid");
        Sample sample = new();
        bool known = false;
        while (!report.IsHopeless && TryNext(elements, report, sample, ref known))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (sample.IsOver)
            {
                foreach (CallRecord call in sample.Finish(_task, _model))
                {
                    yield return call;
                }
            }
        }

        foreach (CallRecord call in sample.Finish(_task, _model))
        {
            yield return call;
        }
    }

    private bool TryNext(JsonElements elements, ReadReport report, Sample sample, ref bool known)
    {
        if (!elements.TryNext(out int name, out ReadOnlySpan<byte> element))
        {
            return false;
        }

        if (elements.WasCut)
        {
            report.Reject("the event at line", elements.Line, "longer than 16 MiB, or the file ends in it");
        }
        else if (name == 0 && !known && _eval.TryRead(element))
        {
            JsonRow eval = new(_eval, element);
            (_task, _model, known) = (eval.Text(0, 256) ?? _task, eval.Text(1, 256) ?? _model, true);
        }
        else if (name == 1)
        {
            sample.Next(Fields.TryLong(element, out long epoch) ? epoch : null);
        }
        else if (name == 2)
        {
            Read(element, elements.Line, report, sample);
        }

        return true;
    }

    private void Read(ReadOnlySpan<byte> json, long line, ReadReport report, Sample sample)
    {
        if (!_event.TryRead(json))
        {
            report.Reject("the event at line", line, "no whole JSON object");
            return;
        }

        JsonRow row = new(_event, json);
        bool stamped = row.TryStamp(Timestamp, report, out long ns);
        if (row.Is(Event, "sample_init"u8))
        {
            sample.Name = row.Text(SampleId, 256);
        }

        if (stamped)
        {
            sample.Passed(ns);
        }

        if (!row.Is(Event, "tool"u8))
        {
            return;
        }

        if (!stamped)
        {
            report.Reject("the event at line", line, "a tool call without a timestamp");
            return;
        }

        report.Timed = true;
        report.Accept();
        long end = row.TryStamp(Completed, report, out long completed) ? Math.Max(ns, completed)
            : row.TryDouble(Working, out double seconds) && seconds is >= 0 and < 1e7 ? ns + (long)(seconds * 1e9)
            : ns;
        sample.Passed(end);
        sample.Calls.Add(new CallRecord
        {
            Line = line,
            Id = row.Text(Id, 128) ?? string.Create(CultureInfo.InvariantCulture, $"line-{line}"),
            Episode = "",
            Tool = row.Text(Function, 128) is { } tool ? _pool.Get(tool) : null,
            Command = row.Has(Arguments)
                ? CommandText.OfArguments(Fields.Utf8(row.Raw(Arguments), 16_384)) : null,
            Model = _model,
            StartNs = ns,
            EndNs = end,
        });
    }

    private sealed class Sample
    {
        private int _count;
        private long? _epoch;
        private long? _next;
        private long _startNs = long.MaxValue, _endNs;

        internal List<CallRecord> Calls { get; } = [];

        internal string? Name { get; set; }

        /// <summary>The next one began.</summary>
        internal bool IsOver { get; private set; }

        internal void Next(long? epoch)
        {
            (_next, IsOver) = (epoch, true);
        }

        internal void Passed(long ns) => (_startNs, _endNs) = (Math.Min(_startNs, ns), Math.Max(_endNs, ns));

        internal List<CallRecord> Finish(string? task, string? model)
        {
            List<CallRecord> calls = [.. Calls];
            _count += calls.Count > 0 ? 1 : 0;
            string name = Name ?? string.Create(CultureInfo.InvariantCulture, $"sample-{_count}");
            foreach (CallRecord call in calls)
            {
                call.Episode = string.Create(CultureInfo.InvariantCulture, $"{name}#{_epoch ?? 1}");
                call.Task = task is null ? name : $"{task}/{name}";
                call.Model = model;
                (call.EpisodeStartNs, call.EpisodeEndNs) = (_startNs, _endNs);
            }

            Calls.Clear();
            (Name, _epoch, _startNs, _endNs, IsOver) = (null, _next, long.MaxValue, 0, false);
            return calls;
        }
    }
}
