using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// A sandbox's root directory, and opening below it: links resolve as inside (an absolute one starts at this root), and
/// no path, link or mount trick leads out of it (openat2 with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS).
/// </summary>
internal sealed unsafe class SandboxRoot(int initPid) : IDisposable
{
    private const long OpenAt2Number = 437;
    private const ulong ResolveNoMagicLinks = 0x02, ResolveNoLinks = 0x04, ResolveInRoot = 0x10;
    private const ulong NonBlocking = 0x800, NoControllingTerminal = 0x100, CloseOnExec = 0x80000, PathOnly = 0x200000;
    internal const ulong Write = 1, Create = 0x40, Truncate = 0x200, Folder = 0x10000, NoFollow = 0x20000;

    private readonly SafeFileHandle _root = OpenRoot(initPid);

    /// <summary>An open file, or why not. Never blocks, not on a FIFO either.</summary>
    internal (SafeFileHandle? File, FileOutcome Outcome) Open(
        string path, ulong flags, uint mode = 0, bool throughLinks = true)
    {
        Native.OpenHow how = new()
        {
            // openat2 refuses flags that mean nothing together.
            Flags = flags | CloseOnExec | ((flags & PathOnly) == 0 ? NonBlocking | NoControllingTerminal : 0),
            Mode = mode,
            Resolve = ResolveInRoot | ResolveNoMagicLinks | (throughLinks ? 0 : ResolveNoLinks),
        };
        long descriptor = Native.OpenAt2(OpenAt2Number, _root, path, &how, sizeof(Native.OpenHow));
        return descriptor >= 0
            ? (new SafeFileHandle((nint)descriptor, true), FileOutcome.Done)
            : (null, Outcome(Marshal.GetLastPInvokeError()));
    }

    /// <summary>The folder that <paramref name="path"/> lies in, and the last part of its name.</summary>
    private (SafeFileHandle? Folder, string Name, FileOutcome Outcome) OpenParent(string path, bool throughLinks)
    {
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        string parent = slash <= 0 ? "/" : trimmed[..slash];
        (SafeFileHandle? folder, FileOutcome outcome) = Open(parent, PathOnly | Folder, throughLinks: throughLinks);
        return (folder, trimmed[(slash + 1)..], outcome);
    }

    internal FileOutcome MakeFolder(string path, bool throughLinks)
    {
        (SafeFileHandle? folder, string name, FileOutcome outcome) = OpenParent(path, throughLinks);
        using (folder)
        {
            if (folder is null)
            {
                return outcome;
            }

            return Native.MakeFolderAt(folder, name, 0x1ED) == 0 || Marshal.GetLastPInvokeError() == 17
                ? FileOutcome.Done
                : Outcome(Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose() => _root.Dispose();

    internal static FileOutcome Outcome(int error) => error switch
    {
        2 or 20 or 40 => FileOutcome.NotFound, // ENOENT, ENOTDIR, ELOOP
        21 or 6 => FileOutcome.NotAFile, // EISDIR, ENXIO
        28 or 122 => FileOutcome.NoSpace, // ENOSPC, EDQUOT
        _ => FileOutcome.NotAllowed,
    };

    private static SafeFileHandle OpenRoot(int initPid)
    {
        int descriptor = Native.Open($"/proc/{initPid}/root", (int)(PathOnly | Folder | CloseOnExec));
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, true)
            : throw new SandboxException(
                SandboxFailure.Broken, $"The sandbox's root is gone: {Marshal.GetLastPInvokeErrorMessage()}.");
    }
}
