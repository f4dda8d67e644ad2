using System.Security.Cryptography;
using System.Text;

namespace Aurelian.Sandbox;

/// <summary>
/// The embedded default: the host's <c>/usr</c> shown read-only in a skeleton that is written here. The host's root
/// itself is never a layer: it would hand over what is world-readable in it, other runs and the tasks' own solutions.
/// </summary>
internal static class HostRoot
{
    private static readonly string[] MergedLinks = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    internal static PreparedRoot Prepare(string folder, IReadOnlyList<string> readOnlyPaths)
    {
        string etc = Path.Combine(folder, "etc");
        Directory.CreateDirectory(etc);
        List<string> binds = ["/usr"];
        foreach (string name in MergedLinks)
        {
            DirectoryInfo host = new($"/{name}");
            if (host.LinkTarget is { } target)
            {
                File.CreateSymbolicLink(Path.Combine(folder, name), target);
            }
            else if (host.Exists)
            {
                // A distribution whose /bin is not in /usr.
                Directory.CreateDirectory(Path.Combine(folder, name));
                binds.Add($"/{name}");
            }
        }

        binds.AddRange(readOnlyPaths);
        HostEtc.CopyTo(etc);
        Skeleton.Write(folder);
        foreach (string bind in binds)
        {
            Directory.CreateDirectory(folder + bind);
        }

        return new PreparedRoot([folder], binds, Digest(folder, binds));
    }

    /// <summary>Over the skeleton's files, the folders shown, and the packages that fill them.</summary>
    private static string Digest(string folder, IEnumerable<string> binds)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).LinkTarget is null).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file[folder.Length..]));
            hash.AppendData(File.ReadAllBytes(file));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', binds)));
        if (File.Exists("/var/lib/dpkg/status"))
        {
            hash.AppendData(File.ReadAllBytes("/var/lib/dpkg/status"));
        }

        return $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
