using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// Removes a host folder that holds what a sandbox made. The framework's own removal fails on a name that is no UTF-8,
/// and so would the run whose agent left one.
/// </summary>
public static class FolderRemoval
{
    private const int NamesMax = 10_000_000;
    private const int RemoveFolderFlag = 0x200; // AT_REMOVEDIR

    /// <summary>Links are removed, not followed. What cannot be removed stays.</summary>
    public static void Remove(string path)
    {
        int descriptor = Native.Open(path, (int)(SandboxRoot.Folder | SandboxRoot.NoFollow) | Native.CloseOnExec);
        if (descriptor < 0)
        {
            return;
        }

        using (SafeFileHandle folder = new(descriptor, ownsHandle: true))
        {
            Empty(folder);
        }

        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // Something in it is still going away.
        }
    }

    /// <summary>Depth is bounded by what was copied or unpacked into it (<see cref="TreeCopy"/>).</summary>
    private static void Empty(SafeFileHandle folder)
    {
        foreach (byte[] name in FolderNames.Read(folder, NamesMax) ?? [])
        {
            if (Native.UnlinkAt(folder, name, 0) == 0)
            {
                continue;
            }

            using (SafeFileHandle inner = Native.OpenAt(folder, name, Native.OpenForReading, 0))
            {
                if (!inner.IsInvalid && Native.KindOf(inner) == FileKind.Folder)
                {
                    Empty(inner);
                }
            }

            _ = Native.UnlinkAt(folder, name, RemoveFolderFlag);
        }
    }
}
