namespace Aurelian.Readers;

/// <summary>A format with a record a line: the loop, the counting and the limits, once for all of them.</summary>
internal abstract class LineFormat : EventReader
{
    public sealed override IEnumerable<Reading> Read(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        LineReader lines = new(input);
        List<Reading> readings = [];
        while (!report.IsHopeless && TryNext(lines, report, readings))
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
            report.Note($"line {lines.Number}", "given up: nothing readable for too long");
        }

        Finish(report, readings);
        foreach (Reading reading in readings)
        {
            yield return reading;
        }
    }

    /// <summary>Null when the line was understood, else why not. An empty line never comes here.</summary>
    /// <param name="number">The line's number, from 1.</param>
    protected abstract string? ReadLine(
        ReadOnlySpan<byte> line, long number, ReadReport report, List<Reading> readings);

    /// <summary>What was held back for a line that never came.</summary>
    protected virtual void Finish(ReadReport report, List<Reading> readings)
    {
    }

    private bool TryNext(LineReader lines, ReadReport report, List<Reading> readings)
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
            if (ReadLine(line, lines.Number, report, readings) is { } reason)
            {
                report.Reject("line", lines.Number, lines.WasUnfinished ? $"{reason}; the file ends here"
                    : Recognition.Explain(line, Kind, reason, report));
            }
            else
            {
                report.Accept();
            }
        }

        return true;
    }
}
