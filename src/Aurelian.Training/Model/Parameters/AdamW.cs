namespace Aurelian.Training.Model.Parameters;

/// <summary>AdamW's settings (decoupled weight decay, arXiv 1711.05101).</summary>
internal sealed record AdamWSettings
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Of every parameter, norms included.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The gradient is scaled down to this norm; 0 leaves it.</summary>
    public double ClipNorm { get; init; } = 1;
}

/// <summary>AdamW over the flat storage of a parameter set.</summary>
internal sealed class AdamW : IDisposable
{
    private readonly ParameterSet _parameters;
    private readonly AdamWSettings _settings;

    internal AdamW(ParameterSet parameters, AdamWSettings settings)
    {
        _parameters = parameters;
        _settings = settings;
        using DisposeScope scope = torch.NewDisposeScope();
        FirstMoments = torch.zeros_like(parameters.Weights).DetachFromDisposeScope();
        SecondMoments = torch.zeros_like(parameters.Weights).DetachFromDisposeScope();
    }

    /// <summary>(N), as the parameters lie.</summary>
    internal Tensor FirstMoments { get; }

    /// <summary>(N), as the parameters lie.</summary>
    internal Tensor SecondMoments { get; }

    /// <summary>Steps taken; set when a checkpoint is read.</summary>
    internal long Steps { get; set; }

    /// <summary>One update from the gradients, which are left as they are but for the clipping.</summary>
    /// <returns>The gradient's norm before clipping.</returns>
    internal double Step(double learningRate)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor gradients = _parameters.Gradients
            ?? throw new InvalidOperationException("Prepare the parameters for training first.");
        double norm = gradients.norm().item<float>();
        if (_settings.ClipNorm > 0 && norm > _settings.ClipNorm)
        {
            gradients.mul_(_settings.ClipNorm / (norm + 1e-6));
        }

        Steps++;
        double correction1 = 1 - Math.Pow(_settings.Beta1, Steps);
        double correction2 = 1 - Math.Pow(_settings.Beta2, Steps);
        if (_settings.WeightDecay != 0)
        {
            _parameters.Weights.mul_(1 - (learningRate * _settings.WeightDecay));
        }

        FirstMoments.lerp_(gradients, 1 - _settings.Beta1);
        SecondMoments.mul_(_settings.Beta2).addcmul_(gradients, gradients, 1 - _settings.Beta2);
        Tensor denominator = SecondMoments.sqrt().div_(Math.Sqrt(correction2)).add_(_settings.Epsilon);
        _parameters.Weights.addcdiv_(FirstMoments, denominator, -learningRate / correction1);
        return norm;
    }

    public void Dispose()
    {
        FirstMoments.Dispose();
        SecondMoments.Dispose();
    }
}
