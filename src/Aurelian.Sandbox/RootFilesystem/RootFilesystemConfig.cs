namespace Aurelian.Sandbox;

/// <summary>What a sandbox's files are made of.</summary>
public sealed record RootFilesystemConfig
{
    /// <summary>
    /// Null: the host's <c>/usr</c> and an allow-list of <c>/etc</c>; else a folder or an OCI image layout.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>
    /// Further host folders that the sandbox sees read-only at the same place, for example <c>/opt/node</c>.
    /// </summary>
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>What cannot be shown on this machine, each with the setting that asks for it.</summary>
    public IEnumerable<(string Setting, string Mistake)> Mistakes()
    {
        foreach (string path in ReadOnlyPaths)
        {
            if (Sandbox.ReadOnlyPaths.Refuse(path) is { } mistake)
            {
                yield return ("readonly", mistake);
            }
        }

        if (Path is { } root && (!Directory.Exists(root) || Native.RealPath(root) is null or "/"))
        {
            yield return ("root", $"'{root}' must be a folder, and never the host's own root");
        }
    }
}
