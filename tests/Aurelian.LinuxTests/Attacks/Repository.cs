namespace Aurelian.LinuxTests.Attacks;

/// <summary>Where this repository's own tasks lie.</summary>
internal static class Repository
{
    internal static string Task(string name)
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "tasks", name);
    }
}
