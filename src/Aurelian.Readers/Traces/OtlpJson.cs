namespace Aurelian.Readers;

/// <summary>OTLP JSON: a request a line, as collectors write it, or one document.</summary>
internal sealed class OtlpJson(bool byLine) : OtlpReader
{
    private const int Resource = 0;

    public override string Kind => "otlp-json";

    internal override IEnumerable<GenAiSpan> ReadSpans(Stream input, ReadReport report)
    {
        JsonElements elements = new(input, byLine, JsonElements.ElementMax, "resource", "spans");
        GenAiSpan resource = new();
        while (!report.IsHopeless && TryNext(elements, report, ref resource, out GenAiSpan? span))
        {
            if (span is not null)
            {
                yield return span;
            }
        }
    }

    private static bool TryNext(
        JsonElements elements, ReadReport report, ref GenAiSpan resource, out GenAiSpan? span)
    {
        span = null;
        if (!elements.TryNext(out int name, out ReadOnlySpan<byte> element))
        {
            return false;
        }

        GenAiSpan read = new();
        if (elements.WasCut || !OtlpJsonSpan.TryRead(element, read))
        {
            report.Reject("the span at line", elements.Line, "no whole JSON object");
        }
        else if (name == Resource)
        {
            resource = read;
        }
        else
        {
            read.Inherit(resource);
            read.Line = elements.Line;
            span = Check(read, report) ? read : null;
        }

        return true;
    }
}
