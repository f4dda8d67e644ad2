using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// Copies a folder's content into or out of a sandbox: read as one user, written as another, while the sandbox may be
/// changing both under our hands.
/// </summary>
/// <remarks>
/// Covers: every step is taken from an open folder by one name, so no link is ever followed, read through or written
/// through, whatever was there a moment ago; names are bytes, so none is left out for its spelling; what is no plain
/// file, folder or link is left out; holes stay holes. Does not cover: what a plain file says.
/// </remarks>
internal sealed class TreeCopy(uint readAs, uint writeAs, int entriesMax, long bytesMax)
{
    private const int DepthMax = 64;
    private const int PieceSize = 256 * 1024;
    private const uint PlainMode = 0x1A4, ExecutableMode = 0x1ED, AnyExecute = 0x49; // 0644, 0755, 0111
    private const int NoSuchFile = 2, NoSuchDevice = 6, Exists = 17, LinkInTheWay = 40;

    private byte[] _piece = [];
    private FileOutcome _problem = FileOutcome.Done;
    private int _entries;
    private long _bytes;

    /// <summary>Runs on a <see cref="FileThread"/>, whose ids it changes; the thread sets them back itself.</summary>
    /// <returns>The first thing that could not be copied; the rest was, unless it is too large.</returns>
    internal FileOutcome Copy(SafeFileHandle from, SafeFileHandle to)
    {
        // Borrowed: made anew for each copy, pieces of this size alone kept the garbage collector busy.
        _piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            return CopyFolder(from, to, 0) ? _problem : FileOutcome.TooLarge;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_piece);
        }
    }

    private bool CopyFolder(SafeFileHandle from, SafeFileHandle to, int depth)
    {
        FileThread.Become(readAs);
        if (depth > DepthMax || FolderNames.Read(from, entriesMax) is not { } names)
        {
            return false;
        }

        foreach (byte[] name in names)
        {
            if (++_entries > entriesMax || !CopyEntry(from, to, name, depth))
            {
                return false;
            }
        }

        return true;
    }

    private bool CopyEntry(SafeFileHandle from, SafeFileHandle to, byte[] name, int depth)
    {
        FileThread.Become(readAs);
        using SafeFileHandle file = Native.OpenAt(from, name, Native.OpenForReading, 0);
        if (file.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            // Gone meanwhile, or a socket: nothing to copy.
            Note(error switch
            {
                LinkInTheWay => CopyLink(from, to, name),
                NoSuchFile or NoSuchDevice => FileOutcome.Done,
                _ => SandboxRoot.Outcome(error),
            });
            return true;
        }

        switch (Native.KindOf(file))
        {
            case FileKind.Regular:
                return CopyFile(file, to, name);
            case FileKind.Folder:
                FileThread.Become(writeAs);
                _ = Native.MakeFolderAt(to, name, ExecutableMode);
                using (SafeFileHandle inner = Native.OpenAt(to, name, Native.OpenFolderPath, 0))
                {
                    return inner.IsInvalid ? Note(LastError()) : CopyFolder(file, inner, depth + 1);
                }

            default:
                return true;
        }
    }

    private FileOutcome CopyLink(SafeFileHandle from, SafeFileHandle to, byte[] name)
    {
        if (Native.ReadLinkAt(from, name) is not { } target)
        {
            return LastError();
        }

        FileThread.Become(writeAs);
        if (Native.LinkAt(target, to, name) != 0 && Marshal.GetLastPInvokeError() == Exists)
        {
            _ = Native.UnlinkAt(to, name, 0);
            return Native.LinkAt(target, to, name) == 0 ? FileOutcome.Done : LastError();
        }

        return FileOutcome.Done;
    }

    private bool CopyFile(SafeFileHandle file, SafeFileHandle to, byte[] name)
    {
        long length = RandomAccess.GetLength(file);
        if (length > bytesMax - _bytes)
        {
            return false;
        }

        _bytes += length;
        FileThread.Become(writeAs);
        uint mode = (Native.ModeOf(file) & AnyExecute) != 0 ? ExecutableMode : PlainMode;
        using SafeFileHandle made = Create(to, name, mode);
        return Note(made.IsInvalid ? LastError() : CopyBytes(file, made, length));
    }

    /// <summary>Always a new file: what stands there by that name may be a link, a pipe, or another's.</summary>
    private static SafeFileHandle Create(SafeFileHandle to, byte[] name, uint mode)
    {
        SafeFileHandle made = Native.OpenAt(to, name, Native.CreateNew, mode);
        if (made.IsInvalid && Marshal.GetLastPInvokeError() == Exists && Native.UnlinkAt(to, name, 0) == 0)
        {
            made.Dispose();
            made = Native.OpenAt(to, name, Native.CreateNew, mode);
        }

        return made;
    }

    private FileOutcome CopyBytes(SafeFileHandle file, SafeFileHandle made, long length)
    {
        try
        {
            for (long at = 0; at < length;)
            {
                int read = RandomAccess.Read(file, _piece.AsSpan(0, (int)Math.Min(PieceSize, length - at)), at);
                if (read == 0)
                {
                    break; // It became shorter.
                }

                if (_piece.AsSpan(0, read).ContainsAnyExcept((byte)0))
                {
                    RandomAccess.Write(made, _piece.AsSpan(0, read), at);
                }

                at += read;
            }

            RandomAccess.SetLength(made, length);
            return FileOutcome.Done;
        }
        catch (IOException)
        {
            return FileOutcome.NoSpace;
        }
    }

    private static FileOutcome LastError() => SandboxRoot.Outcome(Marshal.GetLastPInvokeError());

    /// <summary>Remembers the first thing that went wrong, and goes on.</summary>
    private bool Note(FileOutcome outcome)
    {
        _problem = _problem == FileOutcome.Done ? outcome : _problem;
        return true;
    }
}
