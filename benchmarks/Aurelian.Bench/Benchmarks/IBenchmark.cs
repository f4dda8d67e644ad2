namespace Aurelian.Bench;

/// <summary>One question, measured; gives a line for each figure as soon as it is known.</summary>
internal interface IBenchmark
{
    string Name { get; }

    /// <summary>For people, one line.</summary>
    string What { get; }

    IAsyncEnumerable<BenchResult> RunAsync(BenchSettings settings, CancellationToken cancellationToken);
}
