namespace Aurelian.Readers;

/// <summary>
/// Lines of a CSV file (RFC 4180; also with semicolons or tabs) under a header, by column number. A quoted value may
/// go on over lines.
/// </summary>
internal sealed class CsvTable(Stream input)
{
    private const int ColumnsMax = 512, RowMax = 8 * 1024 * 1024;

    private readonly LineReader _lines = new(input);
    private readonly List<string> _values = [];
    private byte[] _row = new byte[4096];
    private int _length;

    /// <summary>Of the row read last, from 1: the line that it begins on.</summary>
    internal long Line { get; private set; }

    internal IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>The row read last ended with the file, inside quotes.</summary>
    internal bool WasCut { get; private set; }

    internal char Separator { get; private set; } = ',';

    internal string this[int column] => column >= 0 && column < _values.Count ? _values[column] : "";

    internal int Columns => _values.Count;

    /// <summary>False when the file has no line.</summary>
    internal bool TryReadHeader()
    {
        do
        {
            if (!TryReadRow())
            {
                return false;
            }
        }
        while (_length == 0 || _row[0] == '#');
        ReadOnlySpan<byte> line = _row.AsSpan(0, _length);
        int commas = line.Count((byte)','), semicolons = line.Count((byte)';'), tabs = line.Count((byte)'\t');
        Separator = tabs > Math.Max(commas, semicolons) ? '\t' : semicolons > commas ? ';' : ',';
        Split();
        Header = [.. _values];
        return true;
    }

    /// <summary>The next row that is not empty.</summary>
    internal bool TryRead()
    {
        while (TryReadRow())
        {
            if (_length > 0)
            {
                Split();
                return true;
            }
        }

        return false;
    }

    private bool TryReadRow()
    {
        _length = 0;
        WasCut = false;
        bool any = false;
        int quotes = 0;
        while (_lines.TryRead(out ReadOnlySpan<byte> line))
        {
            Line = any ? Line : _lines.Number;
            if (any)
            {
                Append("\n"u8);
            }

            any = true;
            Append(line);
            quotes += line.Count((byte)'"');
            if (quotes % 2 == 0 || _length > RowMax)
            {
                return true;
            }
        }

        WasCut = any;
        return any;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _row.Length)
        {
            Array.Resize(ref _row, Math.Max(_row.Length * 2, _length + bytes.Length));
        }

        bytes.CopyTo(_row.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Split()
    {
        _values.Clear();
        ReadOnlySpan<byte> rest = _row.AsSpan(0, _length);
        rest = rest.StartsWith("\uFEFF"u8) ? rest[3..] : rest;
        bool more = true;
        while (more && _values.Count < ColumnsMax)
        {
            int end;
            if (rest.TrimStart((byte)' ') is [(byte)'"', ..] quoted)
            {
                rest = quoted[1..];
                end = Closing(rest);
                _values.Add(Fields.Utf8(rest[..end], 16_384).Replace("\"\"", "\"", StringComparison.Ordinal));
                rest = rest[Math.Min(rest.Length, end + 1)..];
                end = rest.IndexOf((byte)Separator);
            }
            else
            {
                end = rest.IndexOf((byte)Separator);
                _values.Add(Fields.Utf8(rest[..(end < 0 ? rest.Length : end)], 16_384).Trim());
            }

            more = end >= 0;
            rest = more ? rest[(end + 1)..] : default;
        }
    }

    /// <summary>The place of the quote that ends the value; doubled ones belong to it.</summary>
    private static int Closing(ReadOnlySpan<byte> rest)
    {
        int at = 0;
        while (at < rest.Length)
        {
            int quote = rest[at..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return rest.Length;
            }

            at += quote;
            if (at + 1 >= rest.Length || rest[at + 1] != '"')
            {
                return at;
            }

            at += 2;
        }

        return rest.Length;
    }
}
