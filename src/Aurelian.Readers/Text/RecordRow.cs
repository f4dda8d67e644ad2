namespace Aurelian.Readers;

/// <summary>The wanted values of one record, copied into one buffer that is used again for the next.</summary>
internal sealed class RecordRow(int slots)
{
    /// <summary>Longer values are cut: a name or a message, never a number.</summary>
    private const int ValueMax = 4096;

    private readonly (int Start, int Length)[] _values = new (int, int)[slots];
    private byte[] _bytes = new byte[4096];
    private int _used;

    /// <summary>Of all records.</summary>
    internal RecentValues Recent { get; } = new();

    internal void Clear()
    {
        Array.Clear(_values);
        _used = 0;
    }

    internal void Set(int slot, ReadOnlySpan<byte> value)
    {
        value = value[..Math.Min(value.Length, ValueMax)];
        if (_used + value.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + value.Length));
        }

        value.CopyTo(_bytes.AsSpan(_used));
        _values[slot] = (_used, value.Length);
        _used += value.Length;
    }

    internal bool Has(int slot) => _values[slot].Length > 0;

    internal ReadOnlySpan<byte> Raw(int slot) => _bytes.AsSpan(_values[slot].Start, _values[slot].Length);

    internal string? Text(int slot, int charactersMax) => Has(slot) ? Recent.Text(Raw(slot), charactersMax) : null;

    internal long Long(int slot) => Fields.TryLong(Raw(slot), out long number) ? number : 0;
}
