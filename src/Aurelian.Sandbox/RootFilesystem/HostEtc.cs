namespace Aurelian.Sandbox;

/// <summary>The part of the host's <c>/etc</c> that tools need and that tells nothing about the host.</summary>
internal static class HostEtc
{
    private static readonly string[] Allowed =
    [
        "alternatives", "ca-certificates.conf", "debian_version", "fonts", "java-17-openjdk", "java-21-openjdk",
        "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "lsb-release", "magic", "mime.types", "os-release",
        "perl", "protocols", "python3", "python3.11", "python3.12", "python3.13", "services", "ssl/certs",
        "ssl/openssl.cnf", "terminfo", "xattr.conf",
    ];

    private const int FilesMax = 20_000;

    /// <summary>Copies what everybody may read; links stay links.</summary>
    internal static void CopyTo(string folder)
    {
        int left = FilesMax;
        foreach (string name in Allowed)
        {
            Copy(Path.Combine("/etc", name), Path.Combine(folder, name), ref left);
        }
    }

    private static void Copy(string from, string to, ref int left)
    {
        FileInfo file = new(from);
        DirectoryInfo directory = new(from);
        if ((file.LinkTarget ?? directory.LinkTarget) is { } target)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.CreateSymbolicLink(to, target);
        }
        else if (directory.Exists && directory.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
        {
            Directory.CreateDirectory(to);
            foreach (FileSystemInfo child in directory.EnumerateFileSystemInfos())
            {
                Copy(child.FullName, Path.Combine(to, child.Name), ref left);
            }
        }
        else if (file.Exists && file.UnixFileMode.HasFlag(UnixFileMode.OtherRead) && left-- > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }
    }
}
