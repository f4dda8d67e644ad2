using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// A cgroup's small files, read and written with one open each: an episode does so some hundred times, and the
/// framework's own streams ask and lock around every one.
/// </summary>
internal static unsafe class CgroupFile
{
    private const int WriteOnly = 1, NoSuchFile = 2, NoSuchDevice = 19;

    /// <summary>What the file says, as much as fits; -1 where there is none (any more).</summary>
    internal static int Read(string path, Span<byte> text)
    {
        using SafeFileHandle file = Open(path, 0);
        int length = file.IsInvalid ? -1 : 0;
        while (length >= 0 && length < text.Length)
        {
            nint got;
            fixed (byte* start = text[length..])
            {
                got = Native.Read(file, start, text.Length - length);
            }

            if (got == 0)
            {
                break;
            }

            if (got < 0)
            {
                // The folder went away between the two.
                return Marshal.GetLastPInvokeError() is NoSuchDevice ? -1 : throw Broken(path);
            }

            length += (int)got;
        }

        return length;
    }

    /// <summary>False where there is no such file.</summary>
    internal static bool TryWrite(string path, string text)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = Encoding.UTF8.GetBytes(text, bytes);
        using SafeFileHandle file = Open(path, WriteOnly);
        if (file.IsInvalid)
        {
            return false;
        }

        fixed (byte* start = bytes)
        {
            return Native.Write(file, start, length) == length ? true : throw Broken(path);
        }
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        SafeFileHandle file = new(Native.Open(path, flags | Native.CloseOnExec), ownsHandle: true);
        return !file.IsInvalid || Marshal.GetLastPInvokeError() is NoSuchFile or NoSuchDevice
            ? file
            : throw Broken(path);
    }

    private static IOException Broken(string path) => new($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
}
