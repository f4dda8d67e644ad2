using System.Diagnostics;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>The small misbehaving programs and their look-alikes, as copied beside the tests.</summary>
public static class Programs
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Programs");

    public static string Find(string name) => Path.Combine(Folder, name);

    /// <summary>What a program says it can do, one a line, as the rows of a theory.</summary>
    public static IEnumerable<TheoryDataRow<string>> List(string name, string option)
    {
        ProcessStartInfo start = new(Find(name), option) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => new TheoryDataRow<string>(line));
    }
}
