namespace Aurelian.Training.Model.Generation;

/// <summary>
/// Draws one token from scores. Each text has a random source of its own, so what it samples does not depend on the
/// texts beside it. Ties go to the smaller id.
/// </summary>
internal sealed class TokenSampler(GenerationOptions options)
{
    private double[] _probabilities = [];
    private int[] _order = [];

    /// <param name="logits">(V).</param>
    internal SampledToken Draw(ReadOnlySpan<float> logits, Random random)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - logits[best]);
        }

        double logSum = logits[best] + Math.Log(sum);
        if (!double.IsFinite(logSum))
        {
            throw new TrainingException(
                TrainingFailure.Machine, "the model's scores are not finite: its weights are broken (NaN or infinite)");
        }

        if (options.Temperature == 0)
        {
            return new SampledToken(best, logits[best] - logSum, 0);
        }

        (int token, double probability) = Choose(logits, logits[best], random.NextDouble());
        return new SampledToken(token, logits[token] - logSum, Math.Log(probability));
    }

    private (int Token, double Probability) Choose(ReadOnlySpan<float> logits, double largest, double draw)
    {
        if (_probabilities.Length != logits.Length)
        {
            _probabilities = new double[logits.Length];
            _order = new int[logits.Length];
        }

        double total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            _probabilities[i] = Math.Exp((logits[i] - largest) / options.Temperature);
            _order[i] = i;
            total += _probabilities[i];
        }

        int candidates = logits.Length;
        if (options.TopK > 0 || options.TopP < 1)
        {
            candidates = Truncate(ref total);
        }

        double left = draw * total;
        int chosen = _order[0];
        for (int i = 0; i < candidates; i++)
        {
            double probability = _probabilities[_order[i]];
            if (probability > 0)
            {
                chosen = _order[i];
            }

            left -= probability;
            if (left < 0)
            {
                break;
            }
        }

        return (chosen, _probabilities[chosen] / total);
    }

    /// <summary>Keeps the most probable tokens; first k of them, then as many as top-p needs.</summary>
    private int Truncate(ref double total)
    {
        double[] probabilities = _probabilities;
        Array.Sort(_order, (a, b) =>
            probabilities[b].CompareTo(probabilities[a]) is var order and not 0 ? order : a.CompareTo(b));
        int candidates = options.TopK > 0 ? Math.Min(options.TopK, _order.Length) : _order.Length;
        double kept = 0;
        for (int i = 0; i < candidates; i++)
        {
            kept += probabilities[_order[i]];
        }

        double wanted = options.TopP * kept;
        double reached = 0;
        for (int i = 0; i < candidates; i++)
        {
            reached += probabilities[_order[i]];
            if (reached >= wanted)
            {
                candidates = i + 1;
                break;
            }
        }

        total = reached;
        return candidates;
    }
}
