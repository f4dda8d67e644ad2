namespace Aurelian.Readers;

/// <summary>OTLP JSON: a request a line, as collectors write it, or one document.</summary>
internal sealed class OtlpJson(bool byLine) : OtlpReader
{
    private const int Resource = 0;

    public override string Kind => "otlp-json";

    internal override IEnumerable<GenAiSpan> ReadSpans(Stream input, ReadReport report)
    {
        JsonElements elements = new(input, byLine, JsonElements.ElementMax, "resource", "spans");
        SpanTexts texts = new();
        GenAiSpan resource = new(), span = new();
        while (!report.IsHopeless && TryNext(elements, report, texts, ref resource, ref span, out bool whole))
        {
            if (whole)
            {
                yield return span;
            }
        }
    }

    /// <param name="span">Is overwritten; what was a resource changes places with the one before.</param>
    private static bool TryNext(
        JsonElements elements, ReadReport report, SpanTexts texts, ref GenAiSpan resource, ref GenAiSpan span,
        out bool whole)
    {
        whole = false;
        if (!elements.TryNext(out int name, out ReadOnlySpan<byte> element))
        {
            return false;
        }

        span.Clear();
        if (elements.WasCut || !OtlpJsonSpan.TryRead(element, span, texts))
        {
            report.Reject("the span at line", elements.Line, "no whole JSON object");
        }
        else if (name == Resource)
        {
            (resource, span) = (span, resource);
        }
        else
        {
            span.Inherit(resource);
            span.Line = elements.Line;
            whole = Check(span, report);
        }

        return true;
    }
}
