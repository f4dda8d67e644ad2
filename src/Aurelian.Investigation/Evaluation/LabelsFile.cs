using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>One file of an evaluation and what is said to be in it.</summary>
/// <param name="Path">Where it was found; null when it is not there.</param>
/// <param name="Label">As written: mining, tunnel, scan, bruteforce, benign …</param>
/// <param name="MetBy">Categories whose finding meets the label; empty for an honest file.</param>
public sealed record LabelledFile(
    string Name, string? Path, string Label, string What, IReadOnlyList<Category> MetBy)
{
    public bool IsHonest => MetBy.Count == 0;
}

/// <summary>
/// Reads a labels file: tab-separated, a header, then file, label and what it holds; further columns are not looked
/// at.
/// </summary>
public static class LabelsFile
{
    private const int LinesMax = 1_000_000;

    /// <param name="mistakes">Every line that cannot be understood, with its number.</param>
    public static IReadOnlyList<LabelledFile> Read(string file, string folder, ICollection<string> mistakes)
    {
        Dictionary<string, string> beneath = [];
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            beneath.TryAdd(Path.GetRelativePath(folder, path), path);
            beneath.TryAdd(Path.GetFileName(path), path);
        }

        List<LabelledFile> read = [];
        int number = 0;
        foreach (string line in File.ReadLines(file).Take(LinesMax))
        {
            string[] columns = line.Split('\t', StringSplitOptions.TrimEntries);
            if (++number == 1 && columns[0] == "file" || line.Trim().Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            string label = columns.Length > 1 ? columns[1].ToLowerInvariant() : "";
            string what = columns.Length > 2 ? columns[2] : "";
            if (Meets(label, what) is not { } categories)
            {
                mistakes.Add($"{file}:{number}: '{label}' is no label that is known here.");
                continue;
            }

            read.Add(new LabelledFile(
                columns[0], beneath.GetValueOrDefault(columns[0]), label, what, categories));
        }

        return read;
    }

    /// <summary>Null for an unknown label.</summary>
    internal static IReadOnlyList<Category>? Meets(string label, string what) => label switch
    {
        "benign" or "honest" => [],
        "scan" or "bruteforce" => [Category.Probing],
        // Data that leaves through names may rightly be called either.
        "tunnel" when what.Contains("dns", StringComparison.OrdinalIgnoreCase) =>
            [Category.Tunnel, Category.Exfiltration],
        "credentials" => [Category.Exfiltration],
        _ => Enum.TryParse(label, ignoreCase: true, out Category category) && !int.TryParse(label, out _)
            ? [category] : null,
    };
}
