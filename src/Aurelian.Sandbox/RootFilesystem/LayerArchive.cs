using System.Formats.Tar;

namespace Aurelian.Sandbox;

/// <summary>
/// Unpacks a layer as overlayfs wants it: whiteouts become character devices 0:0 or opaque folders. Names that lead out
/// (<c>..</c>, through a link) end it; devices and pipes are left out; nothing keeps a set-id bit, and nothing is read,
/// written, owned or moded through a link, since a link's target is the host's.
/// </summary>
internal static class LayerArchive
{
    private const int EntriesMax = 1_000_000;
    private const long BytesMax = 32L << 30;
    private const string Whiteout = ".wh.", Opaque = ".wh..wh..opq";

    internal static void Unpack(Stream content, string target)
    {
        Directory.CreateDirectory(target);
        using TarReader reader = new(content);
        int entries = 0;
        long bytes = 0;
        while (reader.GetNextEntry() is { } entry)
        {
            bytes += entry.Length;
            if (++entries > EntriesMax || bytes > BytesMax)
            {
                throw new InvalidDataException("the layer is larger than an image may be");
            }

            string path = Inside(target, entry.Name);
            if (path != target)
            {
                Place(entry, path, target);
            }
        }
    }

    private static void Place(TarEntry entry, string path, string target)
    {
        string name = Path.GetFileName(path), parent = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(parent);
        if (name == Opaque)
        {
            _ = Native.SetAttribute(parent, "trusted.overlay.opaque", "y"u8.ToArray(), 1, 0);
            return;
        }

        if (name.StartsWith(Whiteout, StringComparison.Ordinal))
        {
            const uint characterDevice = 0x2000;
            _ = Native.MakeNode(Path.Combine(parent, name[Whiteout.Length..]), characterDevice, 0);
            return;
        }

        const UnixFileMode setIds = UnixFileMode.SetUser | UnixFileMode.SetGroup;
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                RemoveLink(path);
                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, entry.Mode & ~setIds);
                break;
            case TarEntryType.SymbolicLink:
                File.Delete(path);
                File.CreateSymbolicLink(path, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                File.Delete(path);
                LinkHard(Inside(target, entry.LinkName), path);
                return;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                File.Delete(path);
                entry.ExtractToFile(path, overwrite: false);
                File.SetUnixFileMode(path, entry.Mode & ~setIds);
                break;
            default:
                return;
        }

        _ = Native.ChangeLinkOwner(path, (uint)entry.Uid, (uint)entry.Gid);
    }

    /// <summary>A folder's entry where a link stands replaces the link; it is not about what the link names.</summary>
    private static void RemoveLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            File.Delete(path);
        }
    }

    /// <summary>The file itself under a second name; link(2) does not follow a link that stands there.</summary>
    private static void LinkHard(string source, string path)
    {
        if (Native.MakeHardLink(source, path) != 0)
        {
            throw new InvalidDataException($"'{Path.GetFileName(path)}' is another name of nothing in the layer");
        }
    }

    /// <summary>
    /// The place below the target; throws for a name that leads anywhere else, through a link included.
    /// </summary>
    private static string Inside(string target, string name)
    {
        string path = target;
        string[] parts = [.. name.Split('/').Where(part => part.Length > 0 && part != ".")];
        for (int index = 0; index < parts.Length; index++)
        {
            path = Path.Combine(path, parts[index]);
            bool through = index < parts.Length - 1 && new FileInfo(path).LinkTarget is not null;
            if (parts[index] == ".." || through)
            {
                throw new InvalidDataException($"'{name}' leads out of the layer");
            }
        }

        return path;
    }
}
