using System.Runtime.InteropServices;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Decoding;
using Aurelian.Training.Model.Layers;

namespace Aurelian.Training.Model.Generation;

/// <summary>
/// Continues many texts at once. Texts join and leave between any two steps, so that a long one holds up nobody
/// (continuous batching); each keeps its keys and values, and nothing of it depends on its neighbours.
/// </summary>
internal sealed class TextGenerator : IDisposable
{
    private readonly Qwen3MoeModel _model;
    private readonly KeyValueCache _cache;
    private readonly DirectDecoder? _decoder;
    private readonly List<Row> _rows = [];

    internal TextGenerator(Qwen3MoeModel model)
    {
        _model = model;
        // It computes in the processor's memory.
        _decoder = model.Device.type == DeviceType.CPU ? new DirectDecoder(model) : null;
        _cache = new KeyValueCache(model.Config, model.Device);
    }

    /// <summary>Texts that are not finished.</summary>
    internal int Active => _rows.Count;

    /// <summary>Continues prompts of any lengths to their ends.</summary>
    /// <param name="seed">The i-th text draws from a source seeded with this and i.</param>
    internal static IReadOnlyList<Continuation> Generate(
        Qwen3MoeModel model, IReadOnlyList<int[]> prompts, GenerationOptions options, int seed,
        CancellationToken cancellationToken = default)
    {
        using TextGenerator generator = new(model);
        List<Task<Continuation>> texts = [.. generator.Add(
            [.. prompts.Select((prompt, i) => (prompt, new Random(HashCode(seed, i))))], options)];
        while (generator.Active > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            generator.Step();
        }

        return [.. texts.Select(text => text.GetAwaiter().GetResult())];
    }

    /// <summary>Takes prompts in: reads them in one pass and draws the first token of each.</summary>
    /// <returns>What each becomes, complete once <see cref="Step"/> was called often enough.</returns>
    internal IReadOnlyList<Task<Continuation>> Add(
        IReadOnlyList<(int[] Prompt, Random Random)> prompts, GenerationOptions options)
    {
        string[] mistakes = [.. options.Mistakes()];
        if (mistakes.Length > 0)
        {
            throw TrainingException.BadInput(mistakes);
        }

        int first = _rows.Count;
        TokenSampler sampler = new(options);
        Row[] rows = [.. prompts.Select(one => new Row(one.Prompt.Length, one.Random, options, sampler))];
        using (TokenBatch batch = TokenBatch.Of([.. prompts.Select(one => one.Prompt)]))
        {
            Run(batch, first, rows);
        }

        _rows.AddRange(rows);
        RemoveFinished(first);
        return [.. rows.Select(row => row.Text)];
    }

    /// <summary>One more token for every text.</summary>
    internal void Step()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        if (_model.Adapter is null && _decoder is not null)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            int[] last = [.. _rows.Select(row => row.Last)];
            Take(_decoder.Step(last, _cache, torch.get_num_threads()), _rows);
        }
        else
        {
            using TokenBatch batch = TokenBatch.Of(
                [.. _rows.Select(row => new ReadOnlyMemory<int>([row.Last]))], [.. _cache.Lengths]);
            Run(batch, 0, _rows);
        }

        RemoveFinished(0);
    }

    public void Dispose() => _cache.Dispose();

    private void Run(TokenBatch batch, int firstRow, IReadOnlyList<Row> rows)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        ForwardResult result = _model.ForwardCached(batch, _cache, firstRow);
        Tensor last = result.Hidden;
        if (batch.Tokens != batch.Rows)
        {
            long end = -1;
            long[] ends = [.. batch.Lengths.Select(length => end += length)];
            last = last.index_select(0, torch.tensor(ends, device: last.device));
        }

        Tensor logits = _model.Logits(last).cpu().contiguous();
        Take(MemoryMarshal.Cast<byte, float>(logits.bytes), rows);
    }

    /// <param name="scores">(rows, V).</param>
    private void Take(ReadOnlySpan<float> scores, IReadOnlyList<Row> rows)
    {
        int width = _model.Config.VocabularySize;
        for (int i = 0; i < rows.Count; i++)
        {
            rows[i].Take(scores.Slice(i * width, width), _model.Config.PositionsMax);
        }
    }

    private void RemoveFinished(int from)
    {
        for (int row = _rows.Count - 1; row >= from; row--)
        {
            if (_rows[row].IsFinished)
            {
                _cache.Remove(row);
                _rows[row] = _rows[^1];
                _rows.RemoveAt(_rows.Count - 1);
            }
        }
    }

    /// <summary>Another source for each text, and the same one wherever it runs.</summary>
    private static int HashCode(int seed, int text) => unchecked((seed * 1_000_003) + (text * 7919) + 17);

    private sealed class Row(int promptLength, Random random, GenerationOptions options, TokenSampler sampler)
    {
        private readonly TaskCompletionSource<Continuation> _text = new();
        private readonly List<SampledToken> _tokens = [];
        private readonly List<int> _ids = [];

        internal Task<Continuation> Text => _text.Task;

        internal int Last => _ids[^1];

        internal bool IsFinished => _text.Task.IsCompleted;

        internal void Take(ReadOnlySpan<float> logits, int positionsMax)
        {
            SampledToken token = sampler.Draw(logits, random);
            _tokens.Add(token);
            _ids.Add(token.Id);
            FinishReason? finish =
                options.StopTokens.Contains(token.Id) || EndsWithStop() || options.StopWhen?.Invoke(_ids) == true
                    ? FinishReason.Stop
                : _tokens.Count >= options.NewTokensMax ? FinishReason.Length
                : promptLength + _tokens.Count >= positionsMax ? FinishReason.Context
                : null;
            if (finish is { } reason)
            {
                _text.SetResult(new Continuation { Tokens = _tokens, Finish = reason });
            }
        }

        private bool EndsWithStop()
        {
            foreach (int[] stop in options.StopSequences)
            {
                if (stop.Length > 0 && _ids.Count >= stop.Length
                    && _ids.Skip(_ids.Count - stop.Length).SequenceEqual(stop))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
