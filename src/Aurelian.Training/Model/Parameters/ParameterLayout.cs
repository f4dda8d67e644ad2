using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Model.Parameters;

/// <summary>A tensor that arithmetic uses whole: published tensors that lie one behind the other.</summary>
/// <param name="Name">As the layers ask for it.</param>
/// <param name="Shape">Of the whole.</param>
/// <param name="Offset">Of its first number in the flat storage.</param>
/// <param name="Parts">What a checkpoint stores, in order.</param>
internal sealed record PackedTensor(string Name, long[] Shape, long Offset, IReadOnlyList<TensorSpec> Parts)
{
    internal long Elements => Parts.Sum(part => part.Elements);
}

/// <summary>
/// Where each parameter lies in one flat storage. Query, key and value matrices are one matrix, and all experts of a
/// layer are two tensors: a few large operations instead of many small ones, while every published tensor is still a
/// contiguous piece under its own name.
/// </summary>
internal sealed class ParameterLayout
{
    /// <summary>Numbers: vector loads of 64 bytes never straddle the start of a tensor.</summary>
    private const int Alignment = 16;

    private readonly List<PackedTensor> _tensors = [];

    internal IReadOnlyList<PackedTensor> Tensors => _tensors;

    /// <summary>Numbers in the flat storage, gaps for alignment included.</summary>
    internal long Size { get; private set; }

    internal static ParameterLayout Of(ModelConfig config)
    {
        ParameterLayout layout = new();
        ILookup<string, TensorSpec> packed = TensorCatalogue.Of(config).ToLookup(spec => PackedName(spec.Name));
        foreach (IGrouping<string, TensorSpec> group in packed)
        {
            TensorSpec[] parts = [.. group];
            layout.Add(group.Key, PackedShape(config, group.Key, parts), parts);
        }

        return layout;
    }

    internal void Add(string name, long[] shape, params TensorSpec[] parts)
    {
        PackedTensor tensor = new(name, shape, Size, parts);
        _tensors.Add(tensor);
        Size += (tensor.Elements + Alignment - 1) / Alignment * Alignment;
    }

    /// <summary>The name of the packed tensor that a published one is a part of.</summary>
    private static string PackedName(string name)
    {
        string[] words = name.Split('.');
        string kind = words[^1];
        string module = words.Length > 1 ? words[^2] : "";
        return module switch
        {
            "q_proj" or "k_proj" or "v_proj" => $"{string.Join('.', words[..^2])}.qkv.{kind}",
            "gate_proj" or "up_proj" when words[^4] == "experts" => $"{string.Join('.', words[..^3])}.gate_up",
            "down_proj" when words[^4] == "experts" => $"{string.Join('.', words[..^3])}.down",
            "gate_proj" or "up_proj" => $"{string.Join('.', words[..^2])}.gate_up",
            _ => name,
        };
    }

    private static long[] PackedShape(ModelConfig config, string name, TensorSpec[] parts)
    {
        if (name.EndsWith(".experts.gate_up", StringComparison.Ordinal))
        {
            return [config.Experts, 2L * config.ExpertWidth, config.HiddenSize];
        }

        if (name.EndsWith(".experts.down", StringComparison.Ordinal))
        {
            return [config.Experts, config.HiddenSize, config.ExpertWidth];
        }

        return [parts.Sum(part => part.Shape[0]), .. parts[0].Shape[1..]];
    }
}
