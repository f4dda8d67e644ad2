namespace Aurelian.Training.Model.Batches;

/// <summary>Tokens of a batch that are to be predicted, each from the state of the token before it.</summary>
internal sealed class NextTokens : IDisposable
{
    private NextTokens(List<long> from, List<long> ids)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        From = torch.tensor(from.ToArray()).DetachFromDisposeScope();
        Ids = torch.tensor(ids.ToArray()).DetachFromDisposeScope();
        Count = ids.Count;
    }

    /// <summary>M.</summary>
    internal int Count { get; }

    /// <summary>(M), rows of the batch's stream: the token before each chosen one.</summary>
    internal Tensor From { get; }

    /// <summary>(M), the chosen tokens.</summary>
    internal Tensor Ids { get; }

    /// <summary>Chooses tokens in order; a row's first token has nothing before it and is never chosen.</summary>
    /// <param name="chosen">Whether the token of this row at this place is chosen.</param>
    internal static NextTokens Choose(IReadOnlyList<int[]> sequences, Func<int, int, bool> chosen)
    {
        List<long> from = [];
        List<long> ids = [];
        long start = 0;
        for (int row = 0; row < sequences.Count; row++)
        {
            int[] sequence = sequences[row];
            for (int i = 1; i < sequence.Length; i++)
            {
                if (chosen(row, i))
                {
                    from.Add(start + i - 1);
                    ids.Add(sequence[i]);
                }
            }

            start += sequence.Length;
        }

        return new NextTokens(from, ids);
    }

    /// <summary>One wanted token after each of a batch's, whatever the batch itself goes on with.</summary>
    /// <param name="ids">(N).</param>
    internal static NextTokens Following(List<long> ids) =>
        new([.. Enumerable.Range(0, ids.Count).Select(at => (long)at)], ids);

    public void Dispose()
    {
        From.Dispose();
        Ids.Dispose();
    }
}
