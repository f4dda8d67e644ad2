namespace Aurelian.Readers;

/// <summary>A format whose records are JSON objects: a line each, or the elements of one array.</summary>
internal abstract class JsonRecords(bool inArray, params string[] paths) : EventReader
{
    private readonly JsonFields _fields = new(paths);

    public sealed override IEnumerable<Reading> Read(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        List<Reading> readings = [];
        LineReader? lines = inArray ? null : new LineReader(input);
        JsonElements? elements = inArray
            ? new JsonElements(input, byLine: false, JsonElements.ElementMax, "") : null;
        while (!report.IsHopeless && (lines is not null ? TryLine(lines, report, readings)
            : TryElement(elements!, report, readings)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int index = 0; index < readings.Count; index++)
            {
                yield return readings[index];
            }

            readings.Clear();
        }

        if (report.IsHopeless)
        {
            report.Note("the rest", "given up: nothing readable for too long");
        }
    }

    /// <summary>Null when the record was understood, else why not.</summary>
    /// <param name="number">The line it begins on, from 1.</param>
    protected abstract string? Read(in JsonRow row, long number, ReadReport report, List<Reading> readings);

    private bool TryLine(LineReader lines, ReadReport report, List<Reading> readings)
    {
        if (!lines.TryRead(out ReadOnlySpan<byte> line))
        {
            return false;
        }

        if (lines.WasTooLong)
        {
            report.Reject("line", lines.Number, "longer than 8 MiB");
        }
        else if (!line.Trim(" \t\0"u8).IsEmpty)
        {
            Take(line, lines.Number, report, readings);
        }

        return true;
    }

    private bool TryElement(JsonElements elements, ReadReport report, List<Reading> readings)
    {
        if (!elements.TryNext(out _, out ReadOnlySpan<byte> element))
        {
            return false;
        }

        if (elements.WasCut)
        {
            report.Reject("the record at line", elements.Line, "longer than 16 MiB, or the file ends in it");
        }
        else
        {
            Take(element, elements.Line, report, readings);
        }

        return true;
    }

    private void Take(ReadOnlySpan<byte> json, long number, ReadReport report, List<Reading> readings)
    {
        string? reason = _fields.TryRead(json) ? Read(new JsonRow(_fields, json), number, report, readings)
            : "no whole JSON object";
        if (reason is null)
        {
            report.Accept();
        }
        else
        {
            report.Reject("line", number, Recognition.Explain(json, Kind, reason, report));
        }
    }
}
