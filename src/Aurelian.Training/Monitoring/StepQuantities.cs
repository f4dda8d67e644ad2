using Aurelian.Events;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Monitoring;

/// <summary>What a step's episodes did, as numbers for the metrics and the drift monitors.</summary>
internal static class StepQuantities
{
    private const int ProgramsMax = 12;

    internal static Dictionary<string, double> Of(IReadOnlyList<Trajectory> batch)
    {
        if (batch.Count == 0)
        {
            return [];
        }

        int calls = Math.Max(1, batch.Sum(each => each.Calls));
        Dictionary<string, double> quantities = new()
        {
            ["calls"] = batch.Average(each => each.Calls),
            ["calls-repeated"] = batch.Average(Repeated),
            ["denied"] = batch.Average(each => each.Denied),
            ["cpu-per-call"] = batch.Sum(each => each.CpuSeconds) / calls,
            ["response-tokens"] = batch.Average(each => each.SampledTokens),
            // Of the sampled tokens: an estimate of the policy's entropy per token, in nats.
            ["entropy"] = -batch.Sum(each => each.LogProbs.Sum()) / Math.Max(1, batch.Sum(each => each.SampledTokens)),
            ["violating"] = batch.Average(each => each.Verdict == VerdictState.Violating ? 1 : 0),
        };
        foreach (IGrouping<string, string> program in batch.SelectMany(each => each.Commands).GroupBy(Program)
            .OrderByDescending(each => each.Count()).ThenBy(each => each.Key, StringComparer.Ordinal)
            .Take(ProgramsMax))
        {
            quantities[$"command/{program.Key}"] = program.Count() / (double)batch.Count;
        }

        return quantities;
    }

    /// <summary>Calls that only said again what the one before had said.</summary>
    private static double Repeated(Trajectory each) =>
        each.Commands.Zip(each.Commands.Skip(1)).Count(pair => pair.First == pair.Second);

    private static string Program(string command) => string.Concat(command.TrimStart()
        .TakeWhile(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'));
}
