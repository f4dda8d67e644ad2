using System.IO.Enumeration;
using System.Text;
using Aurelian.Detection;

namespace Aurelian.Rules;

/// <summary>Texts of rules and of their tests, from a folder of the user's or built in.</summary>
/// <param name="Rules">What ends in <c>.yml</c> or <c>.yaml</c>, in order of path.</param>
/// <param name="Tests">What ends in <c>.test.yml</c>.</param>
public sealed record RuleFolder(IReadOnlyList<SigmaFile> Rules, IReadOnlyList<SigmaFile> Tests)
{
    private const int FilesMax = 100_000;
    private const int DepthMax = 32;
    private const long BytesMax = 4L * YamlText.CharactersMax;
    private const string TestEnding = ".test.yml";

    /// <summary>Our own.</summary>
    public static RuleFolder Ours { get; } = new(SigmaRules.OurFiles(), OurTests());

    /// <summary>Reads a folder with all beneath it, or one file; links to folders are not followed.</summary>
    /// <returns>What was read, and every mistake: a path that is not there, a file that cannot be read.</returns>
    public static (RuleFolder Folder, IReadOnlyList<string> Mistakes) Read(string path, SigmaTrust trust)
    {
        List<string> mistakes = [];
        List<SigmaFile> rules = [], tests = [];
        string[] files = [.. Files(path, mistakes).Order(StringComparer.Ordinal)];
        if (files.Length > FilesMax)
        {
            mistakes.Add($"{path}: holds more than {FilesMax} files");
        }

        foreach (string file in files.Take(FilesMax))
        {
            if (ReadText(file, mistakes) is { } text)
            {
                (file.EndsWith(TestEnding, StringComparison.Ordinal) ? tests : rules)
                    .Add(new SigmaFile(file, text, trust));
            }
        }

        if (mistakes.Count == 0 && rules.Count == 0)
        {
            mistakes.Add($"{path}: holds no rule; rules are files that end in .yml");
        }

        return (new RuleFolder(rules, tests), mistakes);
    }

    /// <summary>Whether a test file belongs to a rule file: the same path up to the ending.</summary>
    internal static bool Belongs(SigmaFile test, SigmaFile rules) =>
        test.Name[..^TestEnding.Length] == rules.Name[..rules.Name.LastIndexOf('.')];

    private static string[] Files(string path, List<string> mistakes)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            mistakes.Add($"{path}: there is no such folder or file");
            return [];
        }

        try
        {
            return [.. new FileSystemEnumerable<string>(
                path, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(),
                new EnumerationOptions
                {
                    RecurseSubdirectories = true, MaxRecursionDepth = DepthMax, IgnoreInaccessible = false,
                })
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && (
                    entry.FileName.EndsWith(".yml", StringComparison.Ordinal)
                    || entry.FileName.EndsWith(".yaml", StringComparison.Ordinal)),
                ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                    (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            }.Take(FilesMax + 1)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{path}: {exception.Message}");
            return [];
        }
    }

    private static string? ReadText(string file, List<string> mistakes)
    {
        try
        {
            if (new FileInfo(file).Length > BytesMax)
            {
                mistakes.Add($"{file}: is larger than {BytesMax} bytes");
                return null;
            }

            return File.ReadAllText(file, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{file}: {exception.Message}");
            return null;
        }
    }

    private static SigmaFile[] OurTests()
    {
        System.Reflection.Assembly assembly = typeof(RuleFolder).Assembly;
        return [.. assembly.GetManifestResourceNames().Order(StringComparer.Ordinal).Select(name =>
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
            return new SigmaFile(name, reader.ReadToEnd(), SigmaTrust.Ours);
        })];
    }
}
