namespace Aurelian.UnitTests.Tidy;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] SourceExtensions = [".cs", ".c", ".h"];

    internal static string Root { get; } = FindRoot();

    /// <summary>Hand-written source files, relative to the root.</summary>
    internal static IReadOnlyList<string> SourceFiles { get; } =
    [
        .. new[] { "src", "tests", "native", "benchmarks" }
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => SourceExtensions.Contains(Path.GetExtension(file)))
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run the tests from within the checkout.");
    }
}
