namespace Aurelian.Readers;

/// <summary>
/// Which column of a plain CSV file holds what: as the user says (<c>time=Timestamp,source=SrcIP</c>), else by the
/// names that such columns usually have. Names compare without case, blanks and underscores.
/// </summary>
public sealed class ColumnMap
{
    private readonly Dictionary<string, string> _said = [];

    /// <summary>Nothing said: every column by its usual names.</summary>
    public static ColumnMap Usual { get; } = new();

    public bool IsEmpty => _said.Count == 0;

    /// <param name="text"><c>FIELD=COLUMN</c>, parted by commas.</param>
    /// <param name="fields">The fields that may be named.</param>
    /// <param name="mistake">What is wrong with the text; null when nothing is.</param>
    public static ColumnMap Parse(string? text, IReadOnlyCollection<string> fields, out string? mistake)
    {
        ColumnMap map = new();
        mistake = null;
        foreach (string pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=');
            string field = equals < 0 ? pair : pair[..equals].Trim().ToLowerInvariant();
            if (equals < 1 || equals == pair.Length - 1 || !fields.Contains(field))
            {
                mistake ??= $"'{pair.Trim()}' is no FIELD=COLUMN; fields are {string.Join(", ", fields)}";
                continue;
            }

            map._said[field] = Plain(pair[(equals + 1)..]);
        }

        return map;
    }

    /// <summary>The column's number in the header, from 0; -1 when it has none.</summary>
    internal int Find(IReadOnlyList<string> header, string field, ReadOnlySpan<string> usual)
    {
        if (_said.TryGetValue(field, out string? said))
        {
            return IndexOf(header, said);
        }

        int at = IndexOf(header, Plain(field));
        for (int index = 0; index < usual.Length && at < 0; index++)
        {
            at = IndexOf(header, Plain(usual[index]));
        }

        return at;
    }

    /// <summary>What was said for a field; null where nothing was.</summary>
    internal string? Said(string field) => _said.GetValueOrDefault(field);

    private static int IndexOf(IReadOnlyList<string> header, string name)
    {
        for (int column = 0; column < header.Count; column++)
        {
            if (Plain(header[column]) == name)
            {
                return column;
            }
        }

        return -1;
    }

    private static string Plain(string name) => string.Concat(
        name.Trim().Trim('"', '\uFEFF').ToLowerInvariant().Where(each => each is not (' ' or '_' or '-' or '.')));
}
