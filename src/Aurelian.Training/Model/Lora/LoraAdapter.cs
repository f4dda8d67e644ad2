using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Lora;

/// <summary>
/// Low-rank matrices beside a frozen model: a module W with an adapter computes W x + scale · B (A x). The experts'
/// matrices have pairs of their own, one an expert.
/// </summary>
internal sealed class LoraAdapter : IDisposable
{
    private readonly HashSet<string> _modules = new(StringComparer.Ordinal);

    internal LoraAdapter(LoraConfig config, ModelConfig model)
    {
        Config = config;
        ParameterLayout layout = new();
        foreach (IGrouping<string, TensorSpec> group in TensorCatalogue.Of(model)
            .Where(spec => Module(spec.Name) is { } module && config.Targets.Contains(module))
            .GroupBy(spec => PackedModule(spec.Name)))
        {
            TensorSpec[] modules = [.. group];
            long[] experts = group.Key.Contains(".experts.", StringComparison.Ordinal) ? [modules.Length] : [];
            long input = modules[0].Shape[1];
            long output = modules[0].Shape[0];
            _modules.Add(group.Key);
            layout.Add($"{group.Key}.lora_A", [.. experts, config.Rank, input],
                [.. modules.Select(spec => new TensorSpec(Published(spec.Name, 'A'), config.Rank, input))]);
            layout.Add($"{group.Key}.lora_B", [.. experts, output, config.Rank],
                [.. modules.Select(spec => new TensorSpec(Published(spec.Name, 'B'), output, config.Rank))]);
        }

        Parameters = new ParameterSet(layout);
    }

    internal LoraConfig Config { get; }

    /// <summary>Under their names without PEFT's <c>base_model.model.</c>.</summary>
    internal ParameterSet Parameters { get; }

    /// <summary>A starts as small noise and B as zero, so that the model starts unchanged.</summary>
    internal void Initialise(int seed)
    {
        using IDisposable noGradient = torch.no_grad();
        using torch.Generator generator = new((ulong)seed);
        foreach (PackedTensor tensor in Parameters.Layout.Tensors)
        {
            Tensor value = Parameters[tensor.Name];
            double bound = 1 / Math.Sqrt(tensor.Shape[^1]);
            _ = tensor.Name.EndsWith("lora_A", StringComparison.Ordinal)
                ? value.uniform_(-bound, bound, generator) : value.zero_();
        }
    }

    internal void PrepareTraining()
    {
        if (Config.Dropout != 0)
        {
            throw TrainingException.BadInput("lora_dropout is not supported in training: set it to 0");
        }

        Parameters.PrepareTraining();
    }

    internal bool TouchesAny(string parent, params ReadOnlySpan<string> modules)
    {
        foreach (string module in modules)
        {
            if (_modules.Contains($"{parent}.{module}"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the adapter adds to a module's output, (N, out); null where it has none.</summary>
    internal Tensor? Delta(string module, Tensor input)
    {
        if (!_modules.Contains(module))
        {
            return null;
        }

        using DisposeScope scope = torch.NewDisposeScope();
        Tensor narrow = torch.nn.functional.linear(input, Parameters[$"{module}.lora_A"]);
        return torch.nn.functional.linear(narrow * Config.Scale, Parameters[$"{module}.lora_B"])
            .MoveToOuterDisposeScope();
    }

    /// <summary>The adapters of a layer's experts for the given packed matrix; null where there are none.</summary>
    /// <param name="packed"><c>….experts.gate_up</c> or <c>….experts.down</c>.</param>
    internal LoraExperts? Experts(string packed, long width)
    {
        int dot = packed.LastIndexOf('.');
        string parent = packed[..dot];
        string[] modules = packed[(dot + 1)..] == "down" ? ["down_proj"] : ["gate_proj", "up_proj"];
        return TouchesAny(parent, modules)
            ? new LoraExperts([.. modules.Select(module => Pair($"{parent}.{module}"))], Config.Scale, width)
            : null;
    }

    /// <summary>Adds scale · B A to the frozen matrices; the model then needs no adapter to compute the same.</summary>
    internal void MergeInto(ParameterSet model)
    {
        using IDisposable noGradient = torch.no_grad();
        foreach (NamedParameter a in Parameters.Published
            .Where(one => one.Name.EndsWith(".lora_A.weight", StringComparison.Ordinal)))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            string module = a.Name[..^".lora_A.weight".Length];
            Tensor b = Parameters.Value($"{module}.lora_B.weight");
            model.Value($"{module}.weight").add_(b.matmul(a.Value), Config.Scale);
        }
    }

    public void Dispose() => Parameters.Dispose();

    private (Tensor[] A, Tensor[] B)? Pair(string module) => _modules.Contains(module)
        ? (Parameters[$"{module}.lora_A"].unbind(0), Parameters[$"{module}.lora_B"].unbind(0))
        : null;

    private static string? Module(string name) =>
        name.Split('.') is [.., var module, "weight"] && LoraConfig.Modules.Contains(module) ? module : null;

    /// <summary>The module of a tensor; of experts all together.</summary>
    private static string PackedModule(string name)
    {
        string[] words = name.Split('.');
        return words is [.., "experts", _, var module, _]
            ? $"{string.Join('.', words[..^3])}.{module}" : string.Join('.', words[..^1]);
    }

    private static string Published(string name, char matrix) => $"{name[..^".weight".Length]}.lora_{matrix}.weight";
}
