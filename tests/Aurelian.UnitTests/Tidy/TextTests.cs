using System.Text.RegularExpressions;

namespace Aurelian.UnitTests.Tidy;

public sealed partial class TextTests
{
    [Fact]
    public void No_source_file_puts_work_off() =>
        Assert.Empty(Lines("src/").Where(entry => Unfinished().IsMatch(entry.Line)));

    [Fact]
    public void No_source_file_waits_by_sleeping_or_blocks_on_a_task() =>
        Assert.Empty(Lines("src/").Where(entry => Sleeping().IsMatch(entry.Line)));

    private static IEnumerable<(string File, string Line)> Lines(string under) => Repository.SourceFiles
        .Where(file => file.StartsWith(under, StringComparison.Ordinal))
        .SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, file)).Select(line => (file, line)));

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bThread\.Sleep\(|\basync void\b")]
    private static partial Regex Sleeping();
}
