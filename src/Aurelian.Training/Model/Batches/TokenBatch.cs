namespace Aurelian.Training.Model.Batches;

/// <summary>
/// Sequences of different lengths as one stream of tokens without padding: everything but attention works token by
/// token, so padding is neither computed nor able to leak into a number.
/// </summary>
/// <remarks>
/// Built from a padded batch, left, right or with holes, each row is moved together first: positions count the real
/// tokens, as the reference does with an attention mask.
/// </remarks>
internal sealed class TokenBatch : IDisposable
{
    private TokenBatch(IReadOnlyList<ReadOnlyMemory<int>> sequences, IReadOnlyList<int> starts)
    {
        Lengths = [.. sequences.Select(sequence => sequence.Length)];
        Starts = [.. starts];
        LongestLength = Lengths.Max();
        Tokens = Lengths.Sum();
        long[] ids = new long[Tokens];
        long[] positions = new long[Tokens];
        long[] slots = new long[Tokens];
        int token = 0;
        for (int row = 0; row < sequences.Count; row++)
        {
            ReadOnlySpan<int> sequence = sequences[row].Span;
            for (int i = 0; i < sequence.Length; i++, token++)
            {
                ids[token] = sequence[i];
                positions[token] = Starts[row] + i;
                slots[token] = ((long)row * LongestLength) + i;
            }
        }

        using DisposeScope scope = torch.NewDisposeScope();
        Ids = torch.tensor(ids).DetachFromDisposeScope();
        Positions = torch.tensor(positions).DetachFromDisposeScope();
        Slots = torch.tensor(slots).DetachFromDisposeScope();
    }

    /// <summary>B.</summary>
    internal int Rows => Lengths.Length;

    /// <summary>N, the tokens of all sequences.</summary>
    internal int Tokens { get; }

    /// <summary>T, of the longest sequence.</summary>
    internal int LongestLength { get; }

    internal int[] Lengths { get; }

    /// <summary>Position of each row's first token: how many tokens of it a cache already holds.</summary>
    internal int[] Starts { get; }

    /// <summary>(N).</summary>
    internal Tensor Ids { get; private set; }

    /// <summary>(N), each token's position in its sequence.</summary>
    internal Tensor Positions { get; private set; }

    /// <summary>(N), each token's place in a (B · T) batch padded on the right.</summary>
    internal Tensor Slots { get; private set; }

    internal bool IsRagged => Tokens != Rows * LongestLength;

    internal static TokenBatch Of(params IReadOnlyList<int[]> sequences) =>
        Of([.. sequences.Select(sequence => new ReadOnlyMemory<int>(sequence))], new int[sequences.Count]);

    /// <param name="starts">Tokens of each row that a cache already holds.</param>
    internal static TokenBatch Of(IReadOnlyList<ReadOnlyMemory<int>> sequences, IReadOnlyList<int> starts)
    {
        if (sequences.Count == 0 || sequences.Any(sequence => sequence.IsEmpty))
        {
            throw new ArgumentException("A batch needs sequences of at least one token.", nameof(sequences));
        }

        return new TokenBatch(sequences, starts);
    }

    /// <summary>The real tokens of a padded batch.</summary>
    /// <param name="ids">(B, T) of any integer type.</param>
    /// <param name="mask">(B, T), 1 where a token is real.</param>
    internal static TokenBatch OfPadded(Tensor ids, Tensor mask)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        long[] tokens = ids.to(torch.int64).contiguous().data<long>().ToArray();
        long[] real = mask.to(torch.int64).contiguous().data<long>().ToArray();
        int width = (int)ids.shape[1];
        return Of([.. Enumerable.Range(0, (int)ids.shape[0]).Select(row => Enumerable.Range(row * width, width)
            .Where(i => real[i] != 0).Select(i => (int)tokens[i]).ToArray())]);
    }

    /// <summary>To where the weights are that it meets.</summary>
    internal void MoveTo(torch.Device device)
    {
        if (Ids.device_type != device.type)
        {
            (Ids, Positions, Slots) = (Moved(Ids), Moved(Positions), Moved(Slots));
        }

        Tensor Moved(Tensor tensor)
        {
            using Tensor left = tensor;
            return left.to(device).DetachFromDisposeScope();
        }
    }

    public void Dispose()
    {
        Ids.Dispose();
        Positions.Dispose();
        Slots.Dispose();
    }
}
