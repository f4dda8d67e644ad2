using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Model.Parameters;

/// <summary>A parameter under its published name: a view into the flat storage. Do not dispose of it.</summary>
internal sealed record NamedParameter(string Name, Tensor Value, Tensor? Gradient);

/// <summary>
/// All parameters in one flat storage and their gradients in another, so that zeroing, clipping and an optimiser's step
/// are a handful of operations whatever the number of tensors. Layers use the packed tensors, files the published ones.
/// </summary>
internal sealed class ParameterSet : IDisposable
{
    private readonly Dictionary<string, Tensor> _packed = new(StringComparer.Ordinal);
    private readonly List<Tensor> _gradientViews = [];
    private readonly Dictionary<string, (Tensor Value, PackedTensor Place, long Offset, long[] Shape)> _published =
        new(StringComparer.Ordinal);

    /// <param name="device">Null: the processor.</param>
    internal ParameterSet(ParameterLayout layout, torch.Device? device = null)
    {
        Layout = layout;
        using DisposeScope scope = torch.NewDisposeScope();
        Weights = torch.zeros(layout.Size, torch.float32, device).DetachFromDisposeScope();
        foreach (PackedTensor tensor in layout.Tensors)
        {
            Tensor view = View(Weights, tensor.Offset, tensor.Shape);
            _packed.Add(tensor.Name, view);
            long offset = tensor.Offset;
            foreach (TensorSpec part in tensor.Parts)
            {
                _published.Add(part.Name, (View(Weights, offset, part.Shape), tensor, offset, part.Shape));
                offset += part.Elements;
            }
        }
    }

    internal ParameterLayout Layout { get; }

    /// <summary>(N), every parameter; gaps between tensors are zero.</summary>
    internal Tensor Weights { get; }

    /// <summary>(N), beside <see cref="Weights"/>; null until training is prepared. Gaps are zero.</summary>
    internal Tensor? Gradients { get; private set; }

    /// <summary>Every published tensor, in the order of the layers.</summary>
    internal IEnumerable<NamedParameter> Published
    {
        get
        {
            foreach ((string name, (Tensor value, _, long offset, long[] shape)) in _published)
            {
                yield return new NamedParameter(
                    name, value, Gradients is null ? null : Gradients.narrow(0, offset, value.numel()).view(shape));
            }
        }
    }

    /// <summary>A tensor as the layers use it.</summary>
    internal Tensor this[string packed] => _packed[packed];

    internal Tensor? Find(string packed) => _packed.GetValueOrDefault(packed);

    /// <summary>The view of one published tensor.</summary>
    internal Tensor Value(string name) => _published[name].Value;

    internal bool Has(string name) => _published.ContainsKey(name);

    /// <summary>Reserves gradients; from now on forward passes are recorded unless within <c>no_grad</c>.</summary>
    internal void PrepareTraining()
    {
        if (Gradients is not null)
        {
            return;
        }

        using DisposeScope scope = torch.NewDisposeScope();
        Gradients = torch.zeros_like(Weights).DetachFromDisposeScope();
        foreach (PackedTensor tensor in Layout.Tensors)
        {
            Tensor value = _packed[tensor.Name];
            value.requires_grad = true;
            Tensor view = View(Gradients, tensor.Offset, tensor.Shape);
            // Autograd adds in place to a gradient that is already there, so all land in the flat storage.
            value.grad = view;
            _gradientViews.Add(view);
        }
    }

    internal void ZeroGradients()
    {
        // Operations in place return a second handle to the same tensor, which wants to be released as well.
        using DisposeScope scope = torch.NewDisposeScope();
        _ = Gradients?.zero_();
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _packed.Values
            .Concat(_published.Values.Select(published => published.Value)).Concat(_gradientViews))
        {
            tensor.Dispose();
        }

        Gradients?.Dispose();
        Weights.Dispose();
    }

    private static Tensor View(Tensor flat, long offset, long[] shape)
    {
        long elements = shape.Aggregate(1L, (product, size) => product * size);
        return flat.narrow(0, offset, elements).view(shape).detach().DetachFromDisposeScope();
    }
}
