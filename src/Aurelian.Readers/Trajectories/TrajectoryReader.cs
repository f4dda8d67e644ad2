namespace Aurelian.Readers;

/// <summary>A session written as JSON: an object with an array of steps, or a line of such an object each.</summary>
/// <param name="byLine">Every line is a session of its own.</param>
/// <param name="steps">The member that holds the steps; empty for an array at the top.</param>
internal abstract class TrajectoryReader(bool byLine, string steps, params string[] paths) : EventReader
{
    private const int Instance = 0;

    private readonly JsonFields _fields = new(paths);

    public sealed override IEnumerable<Reading> Read(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        TrajectoryTeller teller = new(report, Kind);
        JsonElements elements = new(input, byLine, JsonElements.ElementMax, "instance_id", steps);
        while (!report.IsHopeless && TryNext(elements, teller, report))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int index = 0; index < teller.Readings.Count; index++)
            {
                yield return teller.Readings[index];
            }

            teller.Readings.Clear();
        }

        if (report.Records == 0)
        {
            report.Note("the file", "no step was found in it");
        }

        teller.End();
        foreach (Reading reading in teller.Readings)
        {
            yield return reading;
        }
    }

    /// <summary>Null when the step was understood, else why not.</summary>
    protected abstract string? ReadStep(in JsonRow row, ReadReport report, TrajectoryTeller teller);

    private bool TryNext(JsonElements elements, TrajectoryTeller teller, ReadReport report)
    {
        if (!elements.TryNext(out int name, out ReadOnlySpan<byte> element))
        {
            return false;
        }

        teller.Record = report.Records + report.Unreadable + 1;
        if (elements.WasCut)
        {
            report.Reject("the step at line", elements.Line, "longer than 16 MiB, or the file ends in it");
        }
        else if (name == Instance)
        {
            teller.Begin(element.Length > 2 && element[0] == '"' ? Fields.Utf8(element[1..^1], 128) : null);
        }
        else if (!_fields.TryRead(element))
        {
            report.Reject("the step at line", elements.Line, "no whole JSON object");
        }
        else if (ReadStep(new JsonRow(_fields, element), report, teller) is { } reason)
        {
            report.Reject("the step at line", elements.Line, reason);
        }
        else
        {
            report.Accept();
        }

        return true;
    }
}
