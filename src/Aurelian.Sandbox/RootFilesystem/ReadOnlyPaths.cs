namespace Aurelian.Sandbox;

/// <summary>Which host folders may be shown to a sandbox.</summary>
/// <remarks>
/// Covers: folders that hold other people's secrets, our own runs, or the kernel's interfaces. Does not cover: secrets
/// that somebody keeps inside a toolchain's folder.
/// </remarks>
internal static class ReadOnlyPaths
{
    private static readonly string[] Forbidden =
        ["/root", "/home", "/proc", "/sys", "/dev", "/etc", "/run", "/var", "/boot", "/tmp", "/mnt", "/media", "/usr"];

    /// <summary>The checkout that this was built in; null for an installed one.</summary>
    internal static string? OwnFolder { get; } = FindOwnFolder();

    private static string? FindOwnFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent;
        }

        return folder is null ? null : Native.RealPath(folder.FullName);
    }

    /// <summary>Null when the folder may be shown, else why not.</summary>
    internal static string? Refuse(string path)
    {
        if (!System.IO.Path.IsPathRooted(path) || path.Contains("..", StringComparison.Ordinal) || path == "/")
        {
            return $"'{path}' must be an absolute path below /";
        }

        // What it leads to is what would be shown.
        if (Native.RealPath(path) is not { } real || !Directory.Exists(real))
        {
            return $"'{path}' does not exist";
        }

        string? forbidden = Array.Find(Forbidden, each => IsIn(path, each) || IsIn(real, each));
        if (forbidden is not null || real == "/")
        {
            return $"'{path}' lies in {forbidden ?? real}, which a sandbox never sees";
        }

        // Sources, tasks and their solutions, and by default the runs.
        return OwnFolder is { } own && (IsIn(own, real) || IsIn(real, own))
            ? $"'{path}' would show Aurelian's own folder"
            : null;
    }

    /// <summary>What of the folders shown is ours, and covered up: a checkout below <c>/usr</c>.</summary>
    internal static IEnumerable<string> Hidden(IEnumerable<string> binds) =>
        OwnFolder is { } own && binds.Any(bind => IsIn(own, bind)) ? [own] : [];

    private static bool IsIn(string path, string folder) =>
        path == folder || path.StartsWith(folder + '/', StringComparison.Ordinal);
}
