using System.Numerics.Tensors;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Model.Decoding;

/// <summary>The feed-forward half of a layer, dense or sparse, for a few rows.</summary>
internal sealed unsafe class DirectNetwork(ModelConfig config)
{
    private float[] _gathered = [];
    private float[] _hidden = [];
    private float[] _narrow = [];
    private float[] _output = [];
    private float[] _router = [];
    private int[] _choices = [];
    private float[] _weights = [];
    private int[] _members = [];

    /// <summary>Adds the network's output to the residual stream.</summary>
    /// <param name="input">(rows, H).</param>
    /// <param name="state">(rows, H).</param>
    internal void Add(LayerPointers layer, float* input, int rows, float* state, int threads)
    {
        int width = layer.IsSparse ? config.ExpertWidth : config.DenseWidth;
        Grow(rows, width);
        if (!layer.IsSparse)
        {
            Run(input, rows, width, layer.GateUp, layer.Down, threads);
            Span<float> all = new(state, rows * config.HiddenSize);
            TensorPrimitives.Add(all, _output.AsSpan(0, all.Length), all);
            return;
        }

        Route(layer, input, rows);
        for (int expert = 0; expert < config.Experts; expert++)
        {
            int count = Gather(expert, input, rows);
            if (count > 0)
            {
                Run(PinnedMemory.Pointer(_gathered), count, width,
                    layer.GateUp + (2L * expert * width * config.HiddenSize),
                    layer.Down + ((long)expert * width * config.HiddenSize), threads);
                Scatter(count, state);
            }
        }
    }

    /// <summary>Softmax over all experts, the k largest, scaled to one if the config says so.</summary>
    private void Route(LayerPointers layer, float* input, int rows)
    {
        int experts = config.Experts;
        int perToken = config.ExpertsPerToken;
        RowProducts.Multiply(
            input, rows, config.HiddenSize, layer.Router, experts, null, PinnedMemory.Pointer(_router), threads: 1);
        for (int row = 0; row < rows; row++)
        {
            Span<float> probabilities = _router.AsSpan(row * experts, experts);
            TensorPrimitives.SoftMax(probabilities, probabilities);
            Span<float> weights = _weights.AsSpan(row * perToken, perToken);
            for (int k = 0; k < perToken; k++)
            {
                int best = TensorPrimitives.IndexOfMax<float>(probabilities);
                _choices[(row * perToken) + k] = best;
                weights[k] = probabilities[best];
                probabilities[best] = -1;
            }

            if (config.NormaliseExpertWeights)
            {
                TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights), weights);
            }
        }
    }

    /// <summary>The rows that chose an expert, one behind the other.</summary>
    private int Gather(int expert, float* input, int rows)
    {
        int count = 0;
        int perToken = config.ExpertsPerToken;
        for (int at = 0; at < rows * perToken; at++)
        {
            if (_choices[at] == expert)
            {
                new ReadOnlySpan<float>(input + ((long)(at / perToken) * config.HiddenSize), config.HiddenSize)
                    .CopyTo(_gathered.AsSpan(count * config.HiddenSize));
                _members[count++] = at;
            }
        }

        return count;
    }

    private void Scatter(int count, float* state)
    {
        for (int i = 0; i < count; i++)
        {
            Span<float> row = new(
                state + ((long)(_members[i] / config.ExpertsPerToken) * config.HiddenSize), config.HiddenSize);
            TensorPrimitives.MultiplyAdd(
                _output.AsSpan(i * config.HiddenSize, config.HiddenSize), _weights[_members[i]], row, row);
        }
    }

    private void Run(float* input, int rows, int width, float* gateUp, float* down, int threads)
    {
        RowProducts.Multiply(
            input, rows, config.HiddenSize, gateUp, 2 * width, null, PinnedMemory.Pointer(_hidden), threads);
        for (int row = 0; row < rows; row++)
        {
            Span<float> gate = _hidden.AsSpan(2 * row * width, width);
            Span<float> narrow = _narrow.AsSpan(row * width, width);
            TensorPrimitives.Sigmoid(gate, narrow);
            TensorPrimitives.Multiply(narrow, gate, narrow);
            TensorPrimitives.Multiply(narrow, _hidden.AsSpan((2 * row * width) + width, width), narrow);
        }

        RowProducts.Multiply(
            PinnedMemory.Pointer(_narrow), rows, width, down, config.HiddenSize, null, PinnedMemory.Pointer(_output),
            threads);
    }

    private void Grow(int rows, int width)
    {
        int pairs = rows * Math.Max(1, config.ExpertsPerToken);
        if (_hidden.Length < 2 * rows * width)
        {
            _hidden = PinnedMemory.Of(2L * rows * width);
            _narrow = PinnedMemory.Of((long)rows * width);
        }

        if (_members.Length < pairs)
        {
            _gathered = PinnedMemory.Of((long)rows * config.HiddenSize);
            _output = PinnedMemory.Of((long)rows * config.HiddenSize);
            _router = PinnedMemory.Of((long)rows * Math.Max(1, config.Experts));
            _choices = new int[pairs];
            _weights = new float[pairs];
            _members = new int[pairs];
        }
    }
}
