namespace Aurelian.Events;

/// <summary>
/// Something that sees: a kernel sensor, the firewall, the agent loop. It posts observations to the sink it was
/// started with and can say how far it has got.
/// </summary>
public interface IEventSource
{
    /// <summary>
    /// One entry for each name in <see cref="SourceNames"/> that this source feeds, counted since start.
    /// </summary>
    IReadOnlyList<SourceCoverage> Coverage { get; }

    /// <summary>
    /// Completes when everything that happened before the call has been posted to the sink; gives the watermark
    /// (CLOCK_MONOTONIC, nanoseconds) that the source vouches for. Throws when cancelled: no watermark, no final
    /// verdict.
    /// </summary>
    ValueTask<long> DrainAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Where sources post. Never blocks and never throws; false means the observation was dropped, which the sink counts
/// by source and sandbox and turns into a <see cref="Fact.Gap"/>.
/// </summary>
public interface IObservationSink
{
    bool TryPost(string source, in Observation observation);

    /// <summary>Posts them in their order, each as <see cref="TryPost"/> does; how many were taken.</summary>
    int PostAll(string source, ReadOnlySpan<Observation> observations)
    {
        int taken = 0;
        foreach (ref readonly Observation observation in observations)
        {
            taken += TryPost(source, observation) ? 1 : 0;
        }

        return taken;
    }
}
