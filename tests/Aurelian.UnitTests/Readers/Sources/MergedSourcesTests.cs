using Aurelian.Events;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Sources;

public sealed class MergedSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-readers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Observations_come_by_time_then_file_then_line()
    {
        using SourceFile first = Open(1, Line(5, "a"), Line(1, "b"), Line(5, "c"));
        using SourceFile second = Open(2, Line(5, "d"), Line(3, "e"));

        Assert.Equal(["b", "e", "a", "c", "d"], Names(MergedSources.Read([first, second], CancellationToken.None)));
        Assert.Equal((0, 0), (first.Report.Late, second.Report.Late));
    }

    [Fact]
    public void What_is_later_than_the_format_s_lateness_is_taken_as_it_comes_and_counted()
    {
        using SourceFile source = Open(1, Line(100_000, "a"), Line(200_000, "b"), Line(300_000, "c"), Line(1, "d"));

        Assert.Equal(["a", "b", "d", "c"], Names(MergedSources.Read([source], CancellationToken.None)));
        Assert.Equal(1, source.Report.Late);
    }

    [Fact]
    public void Of_many_files_each_is_opened_when_its_time_comes()
    {
        SourceFile[] sources = [.. Enumerable.Range(1, 40).Select(number =>
            Open(number, Line((41 - number) * 1_000_000, $"{41 - number}"), Line(1, "late")))];

        string[] names = [.. Names(MergedSources.Read(sources, CancellationToken.None)).Where(name => name != "late")];

        Assert.Equal(Enumerable.Range(1, 40).Select(number => $"{number}"), names);
        Array.ForEach(sources, source => source.Dispose());
    }

    [Fact]
    public void A_folder_is_the_files_in_it_and_a_run_is_one()
    {
        File.WriteAllText(Path.Combine(_folder, "b.log"), "x");
        File.WriteAllText(Path.Combine(_folder, "a.log"), "x");
        string run = Directory.CreateDirectory(Path.Combine(_folder, "run")).FullName;
        File.WriteAllText(Path.Combine(run, "timeline.db"), "");

        Assert.Equal(["a.log", "b.log", "timeline.db"], SourceFile.Expand(_folder).Select(Path.GetFileName));
        Assert.Equal([run], SourceFile.Expand(run));
    }

    private static string Line(long seconds, string note) =>
        $$"""{"_path":"notice","ts":{{seconds}},"uid":"C","note":"{{note}}"}""";

    private static IEnumerable<string> Names(IEnumerable<(SourceFile, Reading Reading)> read) =>
        read.Select(each => ((Fact.AlertSeen)each.Reading.Observation.Fact).Rule);

    private SourceFile Open(int number, params string[] lines)
    {
        string path = Path.Combine(_folder, $"{number}.log");
        File.WriteAllLines(path, lines);
        return SourceFile.Open(path, number);
    }
}
