namespace Aurelian.Training.Model.Generation;

/// <summary>How texts are continued.</summary>
internal sealed record GenerationOptions
{
    public int NewTokensMax { get; init; } = 256;

    /// <summary>0 takes the most probable token; 1 samples as the model thinks.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the most probable tokens that together have this probability; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only this many of the most probable tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Tokens that end a text; they are kept in it.</summary>
    public IReadOnlySet<int> StopTokens { get; init; } = new HashSet<int>();

    /// <summary>Sequences of tokens that end a text; they are kept in it.</summary>
    public IReadOnlyList<int[]> StopSequences { get; init; } = [];

    /// <summary>Asked after each new token with all new ones; true ends the text.</summary>
    public Func<IReadOnlyList<int>, bool>? StopWhen { get; init; }

    /// <summary>Every mistake at once.</summary>
    internal IEnumerable<string> Mistakes()
    {
        if (NewTokensMax < 1)
        {
            yield return "the number of new tokens must be at least 1";
        }

        if (!(Temperature >= 0 && double.IsFinite(Temperature)))
        {
            yield return "the temperature must be at least 0";
        }

        if (!(TopP > 0 && TopP <= 1))
        {
            yield return "top-p must be above 0 and at most 1";
        }

        if (TopK < 0)
        {
            yield return "top-k must be at least 0";
        }
    }
}

/// <summary>Why a text ended.</summary>
internal enum FinishReason
{
    /// <summary>A stop token, sequence or rule.</summary>
    Stop,

    /// <summary>All new tokens that were allowed.</summary>
    Length,

    /// <summary>The model's longest sequence.</summary>
    Context,
}

/// <summary>A sampled token.</summary>
/// <param name="LogProbability">Under the model itself: temperature 1, all tokens.</param>
/// <param name="SampledLogProbability">Under what it was drawn from: temperature, top-k and top-p; 0 if greedy.</param>
internal readonly record struct SampledToken(int Id, double LogProbability, double SampledLogProbability);

/// <summary>One text's continuation.</summary>
internal sealed record Continuation
{
    public required IReadOnlyList<SampledToken> Tokens { get; init; }

    public required FinishReason Finish { get; init; }
}
