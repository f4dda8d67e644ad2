namespace Aurelian.Sandbox;

/// <summary>Finds programs of the host, <c>sbin</c> included: root's PATH lacks it on some machines.</summary>
public static class Executables
{
    private static readonly string[] Folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin",
        "/bin"];

    public static string? Find(string name) => name.Contains('/', StringComparison.Ordinal)
        ? File.Exists(name) ? name : null
        : Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
