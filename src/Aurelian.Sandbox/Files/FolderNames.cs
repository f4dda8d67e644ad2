using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// The names in an open folder as the kernel has them: bytes, which need not be UTF-8. The framework would replace what
/// it cannot read, and the file would then be found under no name.
/// </summary>
internal static unsafe class FolderNames
{
    private const int BufferSize = 64 * 1024;
    private const int LengthAt = 16, NameAt = 19; // struct linux_dirent64

    private static readonly long ListNumber =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61; // getdents64

    /// <summary>Null when there are more than <paramref name="namesMax"/>, or the folder cannot be read.</summary>
    internal static List<byte[]>? Read(SafeFileHandle folder, int namesMax)
    {
        List<byte[]> names = [];
        byte[] buffer = new byte[BufferSize];
        fixed (byte* start = buffer)
        {
            while (true)
            {
                long got = Native.ListFolder(ListNumber, folder, start, BufferSize);
                if (got <= 0)
                {
                    return got == 0 ? names : null;
                }

                for (byte* entry = start; entry < start + got; entry += *(ushort*)(entry + LengthAt))
                {
                    ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameAt);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    {
                        names.Add([.. name, 0]);
                    }
                }

                // A folder that grows while it is read could be read for ever.
                if (names.Count > namesMax)
                {
                    return null;
                }
            }
        }
    }
}
