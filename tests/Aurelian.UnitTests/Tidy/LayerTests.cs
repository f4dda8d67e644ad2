using System.Xml.Linq;

namespace Aurelian.UnitTests.Tidy;

/// <summary>Project references point one way, along the flow.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Events"] = [],
        ["Protocols"] = [],
        ["Store"] = ["Events"],
        ["Sandbox"] = ["Events"],
        ["Firewall"] = ["Events", "Protocols", "Sandbox"],
        ["Sensors"] = ["Events", "Sandbox", "Firewall"],
        ["Readers"] = ["Events", "Protocols", "Store"],
        ["Detection"] = ["Events", "Protocols"],
        ["Rules"] = ["Events", "Detection"],
        ["Simulation"] = ["Events"],
        ["Response"] = ["Events", "Store", "Sandbox", "Firewall", "Detection"],
        ["Agents"] = ["Events", "Sandbox"],
        ["Episodes"] =
        [
            "Events", "Protocols", "Store", "Sandbox", "Firewall", "Sensors", "Detection", "Rules", "Simulation",
            "Response", "Agents",
        ],
        ["Investigation"] = ["Events", "Readers", "Detection", "Firewall"],
        ["Training"] = ["Events", "Store", "Episodes"],
        ["Cli"] =
        [
            "Events", "Store", "Sandbox", "Firewall", "Sensors", "Detection", "Rules", "Simulation", "Response",
            "Agents", "Episodes", "Readers", "Investigation",
        ],
    };

    public static TheoryData<string> Projects => [.. ProjectFiles().Select(Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_before_it_in_the_flow(string project)
    {
        XDocument document = XDocument.Load(ProjectFiles().Single(file => Name(file) == project));

        IEnumerable<string> references = document.Descendants("ProjectReference")
            .Select(reference => Name(reference.Attribute("Include")!.Value));

        Assert.Empty(references.Except(MayReference[project]));
    }

    [Fact]
    public void Detection_has_no_clock_disk_socket_or_process()
    {
        string[] forbidden =
        [
            "TimeProvider", "Stopwatch", "MonotonicClock", "File.", "Directory.", "Socket(", "Process.Start", "Thread(",
            "Task.",
        ];

        Assert.Empty(Repository.SourceFiles
            .Where(file => file.StartsWith("src/Aurelian.Detection/", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, file))
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => forbidden.Where(word => line.Contains(word, StringComparison.Ordinal))
                    .Select(word => (file, word)))));
    }

    private static string[] ProjectFiles() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static string Name(string path) =>
        Path.GetFileNameWithoutExtension(path.Replace('\\', '/')).Replace("Aurelian.", "", StringComparison.Ordinal);
}
