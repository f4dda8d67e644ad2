namespace Aurelian.Readers;

/// <summary>The spans of one message of protobuf, whose carriers are used again for the next.</summary>
internal sealed class SpanBatch
{
    /// <summary>More are the garbage collector's: a message of 64 MiB may hold half a million.</summary>
    private const int KeptMax = 1024;

    private readonly List<GenAiSpan> _spans = [];

    internal SpanTexts Texts { get; } = new();

    /// <summary>What holds for the spans that are read now.</summary>
    internal GenAiSpan Resource { get; } = new();

    internal int Count { get; private set; }

    internal GenAiSpan this[int index] => _spans[index];

    /// <summary>An empty one, which counts once it was kept.</summary>
    internal GenAiSpan Next()
    {
        if (Count == _spans.Count)
        {
            _spans.Add(new GenAiSpan());
        }

        _spans[Count].Clear();
        return _spans[Count];
    }

    internal void Keep() => Count++;

    internal void Clear()
    {
        Count = 0;
        if (_spans.Count > KeptMax)
        {
            _spans.RemoveRange(KeptMax, _spans.Count - KeptMax);
        }
    }
}
