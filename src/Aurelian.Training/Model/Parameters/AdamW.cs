using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Aurelian.Training.Model.Parameters;

/// <summary>AdamW's settings (decoupled weight decay, arXiv 1711.05101).</summary>
internal sealed record AdamWSettings
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Of every parameter, norms included.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The gradient is taken as if scaled down to this norm; 0 takes it as it is.</summary>
    public double ClipNorm { get; init; } = 1;
}

/// <summary>
/// AdamW over the flat storage of a parameter set, in one pass: as separate operations an update reads and writes all
/// parameters ten times over, which for a small batch costs as much as a layer.
/// </summary>
internal sealed unsafe class AdamW : IDisposable
{
    /// <summary>Numbers that one thread updates at a time; also what a partial sum is taken over, so that the norm
    /// does not depend on the number of threads.</summary>
    private const int Chunk = 1 << 16;

    private readonly ParameterSet _parameters;
    private readonly AdamWSettings _settings;
    private readonly bool _byTensors;

    /// <param name="byTensors">As operations of the tensor library, which is what a GPU can do.</param>
    internal AdamW(ParameterSet parameters, AdamWSettings settings, bool byTensors = false)
    {
        _byTensors = byTensors || parameters.Weights.device_type != DeviceType.CPU;
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

    /// <summary>One update from the gradients, which are left as they are.</summary>
    /// <param name="other">Of this step alone; null: those that it was made with.</param>
    /// <returns>The gradient's norm before clipping.</returns>
    internal double Step(double learningRate, AdamWSettings? other = null)
    {
        AdamWSettings settings = other ?? _settings;
        Tensor gradients = _parameters.Gradients
            ?? throw new InvalidOperationException("Prepare the parameters for training first.");
        double norm = _byTensors
            ? gradients.norm().to(torch.float64).item<double>()
            : Norm(FlatMemory.Pointer(gradients), _parameters.Layout.Size);
        double scale = settings.ClipNorm > 0 && norm > settings.ClipNorm ? settings.ClipNorm / (norm + 1e-6) : 1;
        Steps++;
        double correction1 = 1 - Math.Pow(settings.Beta1, Steps);
        double correction2 = 1 - Math.Pow(settings.Beta2, Steps);
        Update update = new(
            (float)scale, (float)(1 - (learningRate * settings.WeightDecay)), (float)(1 - settings.Beta1),
            (float)settings.Beta2, (float)(1 - settings.Beta2), (float)(1 / Math.Sqrt(correction2)),
            (float)settings.Epsilon, (float)(learningRate / correction1));
        if (_byTensors)
        {
            update.Apply(_parameters.Weights, gradients, FirstMoments, SecondMoments);
            return norm;
        }

        float* g = FlatMemory.Pointer(gradients);
        float* w = FlatMemory.Pointer(_parameters.Weights);
        float* m = FlatMemory.Pointer(FirstMoments);
        float* v = FlatMemory.Pointer(SecondMoments);
        ForChunks(_parameters.Layout.Size, (start, count) =>
            update.Apply(w + start, g + start, m + start, v + start, count));
        return norm;
    }

    public void Dispose()
    {
        FirstMoments.Dispose();
        SecondMoments.Dispose();
    }

    private static double Norm(float* numbers, long size)
    {
        double[] squares = new double[(size + Chunk - 1) / Chunk];
        ForChunks(size, (start, count) =>
            squares[start / Chunk] = TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>(numbers + start, count)));
        return Math.Sqrt(squares.Sum());
    }

    private static void ForChunks(long size, Action<long, int> action)
    {
        int chunks = (int)((size + Chunk - 1) / Chunk);
        ParallelOptions options = new() { MaxDegreeOfParallelism = Math.Max(1, torch.get_num_threads()) };
        void One(int chunk) => action((long)chunk * Chunk, (int)Math.Min(Chunk, size - ((long)chunk * Chunk)));
        if (options.MaxDegreeOfParallelism == 1 || chunks == 1)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                One(chunk);
            }

            return;
        }

        Parallel.For(0, chunks, options, One);
    }

    private readonly record struct Update(
        float Scale, float Decay, float Rate1, float Beta2, float Rate2, float Correction, float Epsilon, float Step)
    {
        internal void Apply(Tensor weights, Tensor gradients, Tensor first, Tensor second)
        {
            using IDisposable noGradient = torch.no_grad();
            using DisposeScope scope = torch.NewDisposeScope();
            Tensor g = gradients * Scale;
            first.add_(g - first, Rate1);
            second.mul_(Beta2).addcmul_(g, g, Rate2);
            Tensor size = second.sqrt().mul_(Correction).add_(Epsilon);
            weights.mul_(Decay).addcdiv_(first, size, -Step);
        }

        /// <summary>The flat storage's size is a multiple of 16, so there is no rest.</summary>
        internal void Apply(float* weights, float* gradients, float* first, float* second, int count)
        {
            for (int i = 0; i < count; i += Vector512<float>.Count)
            {
                Vector512<float> g = Vector512.Load(gradients + i) * Scale;
                Vector512<float> m = Vector512.Load(first + i);
                m += (g - m) * Rate1;
                Vector512<float> v = (Vector512.Load(second + i) * Beta2) + (g * g * Rate2);
                Vector512<float> size = (Vector512.Sqrt(v) * Correction) + Vector512.Create(Epsilon);
                Vector512<float> w = (Vector512.Load(weights + i) * Decay) - (m / size * Step);
                m.Store(first + i);
                v.Store(second + i);
                w.Store(weights + i);
            }
        }
    }
}
