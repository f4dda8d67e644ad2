namespace Aurelian.Readers;

/// <summary>
/// One line of columns whose names stand in a header; quotes as in RFC 4180 where the separator is a comma.
/// </summary>
internal sealed class ColumnRow(char separator)
{
    private const int ColumnsMax = 512;

    private readonly List<(int Start, int Length)> _values = [];
    private byte[] _line = [];
    private List<string> _names = [];

    /// <summary>Of all lines.</summary>
    internal RecentValues Recent { get; } = new();

    internal bool HasHeader => _names.Count > 0;

    internal void SetHeader(ReadOnlySpan<byte> line)
    {
        Split(line);
        _names = [.. Enumerable.Range(0, _values.Count)
            .Select(column => Fields.Utf8(At(column), 64).Trim().ToLowerInvariant())];
    }

    internal int Column(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            int at = _names.IndexOf(name);
            if (at >= 0)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>False when there are fewer columns than the header has.</summary>
    internal bool TrySet(ReadOnlySpan<byte> line)
    {
        Split(line);
        return _values.Count >= _names.Count;
    }

    /// <summary>Empty for a column that is not there.</summary>
    internal ReadOnlySpan<byte> this[int column] => column >= 0 && column < _values.Count ? At(column) : default;

    internal string? Text(int column, int charactersMax) =>
        this[column] is { IsEmpty: false } value ? Recent.Text(value, charactersMax) : null;

    private ReadOnlySpan<byte> At(int column) => _line.AsSpan(_values[column].Start, _values[column].Length);

    private void Split(ReadOnlySpan<byte> line)
    {
        if (_line.Length < line.Length)
        {
            _line = new byte[line.Length];
        }

        line.CopyTo(_line);
        _values.Clear();
        int at = 0;
        while (at <= line.Length && _values.Count < ColumnsMax)
        {
            int end;
            if (separator == ',' && at < line.Length && line[at] == '"')
            {
                // A doubled quote inside stays doubled: no value read here has one.
                end = at + 1;
                while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')))
                {
                    end += line[end] == '"' ? 2 : 1;
                }

                end = Math.Min(end, line.Length);
                _values.Add((at + 1, end - at - 1));
                int comma = line[end..].IndexOf((byte)separator);
                at = comma < 0 ? line.Length + 1 : end + comma + 1;
                continue;
            }

            int next = line[at..].IndexOf((byte)separator);
            end = next < 0 ? line.Length : at + next;
            _values.Add((at, end - at));
            at = end + 1;
        }
    }
}
