using System.Numerics.Tensors;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Layers;

namespace Aurelian.Training.Model.Decoding;

/// <summary>
/// One more token for every row, computed straight in memory. A step of generation is a few hundred small products, and
/// started one by one as operations of the tensor library they cost several times what they compute.
/// </summary>
/// <remarks>
/// The same mathematics as the layers, in another order of sums: equal to a few units in the sixth digit
/// (<c>TextGeneratorTests</c>, and <c>model verify</c> continues texts this way). Reads the parameters where they lie,
/// so it follows every update. No adapters; those go through the layers.
/// </remarks>
internal sealed unsafe class DirectDecoder
{
    private readonly ModelConfig _config;
    private readonly LayerPointers[] _layers;
    private readonly float* _embedding;
    private readonly float* _finalNorm;
    private readonly float* _output;
    private readonly float[] _frequencies;
    private readonly DirectNetwork _network;
    private Buffers _buffers = new(0, 0, 0, 0);
    private float[] _cosines = [];
    private float[] _sines = [];

    internal DirectDecoder(Qwen3MoeModel model)
    {
        _config = model.Config;
        _layers = [.. Enumerable.Range(0, _config.Layers)
            .Select(layer => new LayerPointers(model.Parameters, _config, layer))];
        _embedding = LayerPointers.Of(model.Parameters, TensorCatalogue.Embedding);
        _finalNorm = LayerPointers.Of(model.Parameters, TensorCatalogue.FinalNorm);
        _output = _config.TiedEmbeddings
            ? _embedding : LayerPointers.Of(model.Parameters, TensorCatalogue.Output);
        _frequencies = [.. Enumerable.Range(0, _config.HeadSize / 2).Select(i =>
            1 / MathF.Pow((float)_config.RopeTheta, 2f * i / _config.HeadSize))];
        _network = new DirectNetwork(_config);
    }

    /// <summary>Reads each row's newest token, adds it to the cache and gives the scores of the next.</summary>
    /// <param name="ids">One token a row.</param>
    /// <param name="threads">Threads for the larger products.</param>
    /// <returns>(rows, V), valid until the next step.</returns>
    internal ReadOnlySpan<float> Step(ReadOnlySpan<int> ids, KeyValueCache cache, int threads)
    {
        int rows = ids.Length;
        int inward = (_config.QueryHeads + (2 * _config.KeyValueHeads)) * _config.HeadSize;
        if (_buffers.Rows < rows)
        {
            _buffers = new Buffers(rows, _config.HiddenSize, inward, _config.VocabularySize);
        }

        cache.ReserveStep();
        Turns(cache, rows);
        float* state = _buffers.State;
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(_embedding + ((long)ids[row] * _config.HiddenSize), _config.HiddenSize)
                .CopyTo(new Span<float>(state + ((long)row * _config.HiddenSize), _config.HiddenSize));
        }

        for (int layer = 0; layer < _layers.Length; layer++)
        {
            Attend(_layers[layer], layer, rows, cache, threads);
            Norm(state, _layers[layer].NetworkNorm, _buffers.Normed, rows);
            _network.Add(_layers[layer], _buffers.Normed, rows, state, threads);
        }

        cache.AdvanceStep();
        Norm(state, _finalNorm, _buffers.Normed, rows);
        RowProducts.Multiply(
            _buffers.Normed, rows, _config.HiddenSize, _output, _config.VocabularySize, null, _buffers.Logits, threads);
        return new ReadOnlySpan<float>(_buffers.Logits, rows * _config.VocabularySize);
    }

    private void Attend(LayerPointers layer, int index, int rows, KeyValueCache cache, int threads)
    {
        int size = _config.HeadSize;
        int queries = _config.QueryHeads * size;
        int inward = queries + (2 * _config.KeyValueHeads * size);
        Norm(_buffers.State, layer.AttentionNorm, _buffers.Normed, rows);
        RowProducts.Multiply(
            _buffers.Normed, rows, _config.HiddenSize, layer.Inward, inward, layer.InwardBias, _buffers.Inward,
            threads);
        (nint keys, nint values, int capacity) = cache.Pointers(index);
        for (int row = 0; row < rows; row++)
        {
            AttendRow(layer, row, cache.Lengths[row], (float*)keys, (float*)values, capacity);
        }

        RowProducts.Multiply(
            _buffers.Attended, rows, queries, layer.Outward, _config.HiddenSize, layer.OutwardBias, _buffers.Normed,
            threads);
        Span<float> state = new(_buffers.State, rows * _config.HiddenSize);
        TensorPrimitives.Add(state, new ReadOnlySpan<float>(_buffers.Normed, state.Length), state);
    }

    private void AttendRow(LayerPointers layer, int row, int position, float* keys, float* values, int capacity)
    {
        int size = _config.HeadSize;
        int group = _config.QueryHeads / _config.KeyValueHeads;
        float* own = _buffers.Inward + ((long)row * (_config.QueryHeads + (2 * _config.KeyValueHeads)) * size);
        float* attended = _buffers.Attended + ((long)row * _config.QueryHeads * size);
        Span<float> scores = _buffers.Scores(position + 1);
        for (int head = 0; head < _config.KeyValueHeads; head++)
        {
            long line = (((long)row * _config.KeyValueHeads) + head) * capacity * size;
            float* key = own + ((_config.QueryHeads + head) * size);
            float* value = own + ((_config.QueryHeads + _config.KeyValueHeads + head) * size);
            NormAndTurn(key, layer.KeyNorm, row);
            new ReadOnlySpan<float>(key, size).CopyTo(new Span<float>(keys + line + ((long)position * size), size));
            new ReadOnlySpan<float>(value, size).CopyTo(new Span<float>(values + line + ((long)position * size), size));
            for (int member = 0; member < group; member++)
            {
                int at = ((head * group) + member) * size;
                NormAndTurn(own + at, layer.QueryNorm, row);
                Weigh(own + at, keys + line, values + line, scores, new Span<float>(attended + at, size));
            }
        }
    }

    /// <summary>Softmax over the cached keys, then the values by their weights.</summary>
    private static void Weigh(float* query, float* keys, float* values, Span<float> scores, Span<float> result)
    {
        int size = result.Length;
        float scale = 1 / MathF.Sqrt(size);
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = RowProducts.Dot(query, keys + ((long)i * size), size) * scale;
        }

        TensorPrimitives.SoftMax(scores, scores);
        result.Clear();
        for (int i = 0; i < scores.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(
                new ReadOnlySpan<float>(values + ((long)i * size), size), scores[i], result, result);
        }
    }

    /// <summary>Cosines and sines of each row's position, for all layers and heads.</summary>
    private void Turns(KeyValueCache cache, int rows)
    {
        int half = _config.HeadSize / 2;
        if (_cosines.Length < rows * half)
        {
            _cosines = new float[rows * half];
            _sines = new float[rows * half];
        }

        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < half; i++)
            {
                (_sines[(row * half) + i], _cosines[(row * half) + i]) =
                    MathF.SinCos(cache.Lengths[row] * _frequencies[i]);
            }
        }
    }

    private void NormAndTurn(float* head, float* weights, int row)
    {
        int size = _config.HeadSize;
        int half = size / 2;
        Scale(new ReadOnlySpan<float>(head, size), new ReadOnlySpan<float>(weights, size), new Span<float>(head, size));
        for (int i = 0; i < half; i++)
        {
            float cosine = _cosines[(row * half) + i];
            float sine = _sines[(row * half) + i];
            (float a, float b) = (head[i], head[i + half]);
            head[i] = (a * cosine) - (b * sine);
            head[i + half] = (b * cosine) + (a * sine);
        }
    }

    private void Norm(float* input, float* weights, float* output, int rows)
    {
        int width = _config.HiddenSize;
        for (int row = 0; row < rows; row++)
        {
            Scale(new ReadOnlySpan<float>(input + ((long)row * width), width),
                new ReadOnlySpan<float>(weights, width), new Span<float>(output + ((long)row * width), width));
        }
    }

    private void Scale(ReadOnlySpan<float> input, ReadOnlySpan<float> weights, Span<float> output)
    {
        float mean = TensorPrimitives.SumOfSquares(input) / input.Length;
        float inverse = 1 / MathF.Sqrt(mean + (float)_config.NormEpsilon);
        TensorPrimitives.Multiply(input, inverse, output);
        TensorPrimitives.Multiply(output, weights, output);
    }

    /// <summary>Memory for a step, pinned so that products can point into it.</summary>
    private sealed class Buffers(int rows, int hidden, int inward, int vocabulary)
    {
        private readonly float[] _state = PinnedMemory.Of((long)rows * hidden);
        private readonly float[] _normed = PinnedMemory.Of((long)rows * hidden);
        private readonly float[] _inward = PinnedMemory.Of((long)rows * inward);
        private readonly float[] _attended = PinnedMemory.Of((long)rows * inward);
        private readonly float[] _logits = PinnedMemory.Of((long)rows * vocabulary);
        private float[] _scores = [];

        internal int Rows { get; } = rows;

        internal float* State => PinnedMemory.Pointer(_state);

        internal float* Normed => PinnedMemory.Pointer(_normed);

        internal float* Inward => PinnedMemory.Pointer(_inward);

        internal float* Attended => PinnedMemory.Pointer(_attended);

        internal float* Logits => PinnedMemory.Pointer(_logits);

        internal Span<float> Scores(int count)
        {
            if (_scores.Length < count)
            {
                _scores = new float[count * 2];
            }

            return _scores.AsSpan(0, count);
        }
    }
}
