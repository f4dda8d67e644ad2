namespace Aurelian.Episodes;

/// <summary>The folder that Aurelian was built in: where its tasks and examples are.</summary>
internal static class Checkout
{
    internal static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Environment.CurrentDirectory;
    }
}
