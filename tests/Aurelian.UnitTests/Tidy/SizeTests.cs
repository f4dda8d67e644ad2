namespace Aurelian.UnitTests.Tidy;

public sealed class SizeTests
{
    private const int LinesMax = 400;
    private const int ColumnsMax = 120;

    [Fact]
    public void No_file_is_longer_than_400_lines() => Assert.Empty(
        Repository.SourceFiles
            .Select(file => (file, lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()))
            .Where(entry => entry.lines > LinesMax));

    [Fact]
    public void No_line_is_wider_than_120_columns() => Assert.Empty(
        Repository.SourceFiles.SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, file))
            .Select((line, index) => (file, number: index + 1, width: line.Length))
            .Where(entry => entry.width > ColumnsMax)));

    [Fact]
    public void Program_cs_stays_under_60_lines() => Assert.InRange(
        File.ReadLines(Path.Combine(Repository.Root, "src/Aurelian.Cli/Program.cs")).Count(), 1, 59);
}
