namespace Aurelian.Training.Verification;

/// <summary>One group of numbers held against those made elsewhere.</summary>
/// <param name="Group">What was compared.</param>
/// <param name="Compared">How many numbers.</param>
/// <param name="Difference">The largest; of choices and tokens how many differ.</param>
/// <param name="Allowed">The largest difference allowed.</param>
/// <param name="Where">Which tensor the largest difference is in.</param>
internal sealed record Comparison(string Group, long Compared, double Difference, double Allowed, string Where)
{
    /// <summary>NaN is no agreement.</summary>
    internal bool Agrees => Difference <= Allowed;
}

/// <summary>Gathers comparisons group by group.</summary>
internal sealed class Comparisons
{
    private readonly Dictionary<string, Comparison> _groups = new(StringComparer.Ordinal);

    internal IReadOnlyCollection<Comparison> All => _groups.Values;

    internal bool Agree => _groups.Values.All(comparison => comparison.Agrees);

    /// <summary>Adds the largest absolute difference of two tensors of the same shape.</summary>
    internal void Numbers(string group, string name, Tensor ours, Tensor theirs, double allowed)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor mine = ours.detach().to(torch.float64);
        Tensor reference = theirs.to(torch.float64);
        double difference = !mine.shape.SequenceEqual(reference.shape) ? double.NaN
            : mine.numel() == 0 ? 0 : (mine - reference).abs().max().item<double>();
        Add(group, name, mine.numel(), difference, allowed);
    }

    /// <summary>Adds how many of two tensors' whole numbers differ; none may.</summary>
    internal void Same(string group, string name, Tensor ours, Tensor theirs)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        double different = !ours.shape.SequenceEqual(theirs.shape) ? double.NaN : ours.ne(theirs).sum().item<long>();
        Add(group, name, ours.numel(), different, 0);
    }

    internal void Add(string group, string name, long compared, double difference, double allowed)
    {
        Comparison old = _groups.GetValueOrDefault(group) ?? new Comparison(group, 0, 0, allowed, name);
        // NaN is larger than everything here.
        bool larger = double.IsNaN(difference) || difference > old.Difference;
        _groups[group] = old with
        {
            Compared = old.Compared + compared,
            Difference = larger ? difference : old.Difference,
            Where = larger || old.Compared == 0 ? name : old.Where,
        };
    }
}
