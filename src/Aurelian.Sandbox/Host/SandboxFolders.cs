namespace Aurelian.Sandbox;

/// <summary>Folders of one sandbox below the state folder.</summary>
internal sealed record SandboxFolders(string Path)
{
    /// <summary>The tmpfs that holds the overlay's upper layer; mounted in the warden's namespace only.</summary>
    internal string Layer => $"{Path}/layer";

    internal string Root => $"{Path}/root";

    internal string Bundle => $"{Path}/bundle";

    internal string PidFile => $"{Path}/pid";
}
