namespace Aurelian.Sandbox;

/// <summary>Prepares what sandboxes are made of, by what the setting names.</summary>
internal static class RootFilesystem
{
    private const string ImageCache = "/var/cache/aurelian/images";

    internal static PreparedRoot Prepare(RootFilesystemConfig config, string folder)
    {
        string[] refused = [.. config.Mistakes().Select(each => $"{each.Setting}: {each.Mistake}.")];
        if (refused.Length > 0)
        {
            throw new SandboxException(SandboxFailure.BadSetting, string.Join('\n', refused));
        }

        if (config.Path is null)
        {
            return HostRoot.Prepare(folder, config.ReadOnlyPaths);
        }

        string root = Path.GetFullPath(config.Path);
        (IReadOnlyList<string> layers, string digest) = OciImage.IsLayout(root)
            ? OciImage.Unpack(root, ImageCache)
            : ([root], FolderDigest.Of(root));
        // What is ours lies above: users, a nameserver, a working directory, whatever the image has there.
        Skeleton.Write(folder);
        foreach (string bind in config.ReadOnlyPaths)
        {
            Directory.CreateDirectory(folder + bind);
        }

        return new PreparedRoot([folder, .. layers], config.ReadOnlyPaths, digest);
    }
}
