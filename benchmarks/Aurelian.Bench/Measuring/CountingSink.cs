using Aurelian.Events;

namespace Aurelian.Bench;

/// <summary>Takes observations and only counts them.</summary>
internal sealed class CountingSink : IObservationSink
{
    private long _posted;

    internal long Posted => Interlocked.Read(ref _posted);

    public bool TryPost(string source, in Observation observation)
    {
        Interlocked.Increment(ref _posted);
        return true;
    }
}
