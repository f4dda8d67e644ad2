namespace Aurelian.LinuxTests.Attacks;

/// <summary>Where this repository's own tasks lie.</summary>
internal static class Repository
{
    internal static string Task(string name) => Path.Combine(Root(), "tasks", name);

    internal static string Root()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
