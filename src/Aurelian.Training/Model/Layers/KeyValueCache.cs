using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Layers;

/// <summary>
/// Keys and values of the tokens that rows have behind them. Rows start at the left, whatever their lengths, and a
/// row's place is given to the last one when it ends.
/// </summary>
internal sealed class KeyValueCache(ModelConfig config, torch.Device device) : IDisposable
{
    private readonly List<int> _lengths = [];
    private readonly Tensor?[] _keys = new Tensor?[config.Layers]; // (rows, key heads, tokens, D)
    private readonly Tensor?[] _values = new Tensor?[config.Layers];
    private int _rowsMax;
    private int _tokensMax;

    /// <summary>Tokens that each row holds.</summary>
    internal IReadOnlyList<int> Lengths => _lengths;

    /// <summary>Makes room for a batch's tokens.</summary>
    /// <param name="firstRow">The cache's row of the batch's first; new rows stand behind those there are.</param>
    internal void Reserve(TokenBatch batch, int firstRow)
    {
        int rows = firstRow + batch.Rows;
        int tokens = LengthWith(batch);
        if (rows > _rowsMax || tokens > _tokensMax)
        {
            Grow(Math.Max(rows, _rowsMax), tokens > _tokensMax ? Math.Max(64, tokens + (tokens / 2)) : _tokensMax);
        }
    }

    /// <summary>Tokens of the batch's longest row, those that are cached already included.</summary>
    internal static int LengthWith(TokenBatch batch) =>
        Enumerable.Range(0, batch.Rows).Max(row => batch.Starts[row] + batch.Lengths[row]);

    /// <summary>Counts the batch's tokens, once every layer has written them.</summary>
    internal void Advance(TokenBatch batch, int firstRow)
    {
        for (int row = 0; row < batch.Rows; row++)
        {
            int length = batch.Starts[row] + batch.Lengths[row];
            if (firstRow + row == _lengths.Count)
            {
                _lengths.Add(length);
            }
            else
            {
                _lengths[firstRow + row] = length;
            }
        }
    }

    /// <summary>Makes room for one more token of every row.</summary>
    internal void ReserveStep()
    {
        int tokens = _lengths.Max() + 1;
        if (tokens > _tokensMax)
        {
            Grow(_rowsMax, tokens + (tokens / 2));
        }
    }

    /// <summary>Counts one more token of every row.</summary>
    internal void AdvanceStep()
    {
        for (int row = 0; row < _lengths.Count; row++)
        {
            _lengths[row]++;
        }
    }

    /// <summary>A layer's keys and values as memory: (rows, key heads, capacity, D) each.</summary>
    internal unsafe (nint Keys, nint Values, int Capacity) Pointers(int layer) => (
        (nint)FlatMemory.Pointer(_keys[layer]!), (nint)FlatMemory.Pointer(_values[layer]!), _tokensMax);

    /// <summary>Ends a row; the last row takes its place.</summary>
    internal void Remove(int row)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        int last = _lengths.Count - 1;
        if (row != last)
        {
            for (int layer = 0; layer < config.Layers; layer++)
            {
                Move(_keys[layer]!, last, row, _lengths[last]);
                Move(_values[layer]!, last, row, _lengths[last]);
            }
        }

        _lengths[row] = _lengths[last];
        _lengths.RemoveAt(last);
    }

    /// <summary>Where a batch's tokens go, for every key head: (N · key heads).</summary>
    internal Tensor Slots(TokenBatch batch, int firstRow)
    {
        long[] slots = new long[(long)batch.Tokens * config.KeyValueHeads];
        int at = 0;
        for (int row = 0; row < batch.Rows; row++)
        {
            for (int i = 0; i < batch.Lengths[row]; i++)
            {
                for (int head = 0; head < config.KeyValueHeads; head++)
                {
                    long line = ((long)(firstRow + row) * config.KeyValueHeads) + head;
                    slots[at++] = (line * _tokensMax) + batch.Starts[row] + i;
                }
            }
        }

        return torch.tensor(slots, device: device);
    }

    /// <param name="keys">(N, key heads, D).</param>
    /// <param name="values">(N, key heads, D).</param>
    internal void Write(int layer, Tensor keys, Tensor values, Tensor slots)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _keys[layer]!.view(-1, config.HeadSize).index_copy_(0, slots, keys.reshape(-1, config.HeadSize));
        _values[layer]!.view(-1, config.HeadSize).index_copy_(0, slots, values.reshape(-1, config.HeadSize));
    }

    /// <summary>Keys and values of some rows' first tokens, (B, key heads, L, D) each.</summary>
    internal (Tensor Keys, Tensor Values) Read(int layer, int firstRow, int rows, int tokens) => (
        _keys[layer]!.narrow(0, firstRow, rows).narrow(2, 0, tokens),
        _values[layer]!.narrow(0, firstRow, rows).narrow(2, 0, tokens));

    private static void Move(Tensor all, int from, int to, int tokens) =>
        all[to].narrow(1, 0, tokens).copy_(all[from].narrow(1, 0, tokens));

    private void Grow(int rows, int tokens)
    {
        for (int layer = 0; layer < config.Layers; layer++)
        {
            _keys[layer] = Grown(_keys[layer], rows, tokens);
            _values[layer] = Grown(_values[layer], rows, tokens);
        }

        (_rowsMax, _tokensMax) = (rows, tokens);
    }

    private Tensor Grown(Tensor? old, int rows, int tokens)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor grown = torch.zeros(
            rows, config.KeyValueHeads, tokens, config.HeadSize, torch.float32, device);
        if (old is not null)
        {
            grown.narrow(0, 0, _rowsMax).narrow(2, 0, _tokensMax).copy_(old);
            old.Dispose();
        }

        return grown.DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (Tensor? tensor in _keys.Concat(_values))
        {
            tensor?.Dispose();
        }
    }
}
