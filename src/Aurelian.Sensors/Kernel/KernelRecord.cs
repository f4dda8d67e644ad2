using System.Runtime.InteropServices;

namespace Aurelian.Sensors;

/// <summary>As <c>enum kind</c> in native/sensors/records.h.</summary>
internal enum RecordKind : uint
{
    Fork = 1,
    Exec = 2,
    Exit = 3,
    Connect = 4,
    Bind = 5,
    Listen = 6,
    Datagram = 7,
    Passed = 8,
    Marker = 9,
    LocalConnect = 10,
    Woken = 11,
    Signalled = 12,
    Message = 13,
}

/// <summary>As <c>struct record</c> in native/sensors/records.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelRecord
{
    internal const int PlacesLengthMax = 768;

    internal RecordKind Kind;
    internal int Pid;
    internal ulong Cgroup;
    internal long StampNs;
    internal int Parent;
    internal ushort Family;
    internal ushort Port;
    internal fixed byte Address[16];
    internal uint Protocol;
    internal uint Length;
    internal ulong Other;
    internal uint Flags;
    internal uint PathLength;

    internal readonly bool IsCut => (Flags & 1) != 0;

    internal readonly bool IsDeleted => (Flags & 2) != 0;

    /// <summary>Where the file and the working directory are is in the record.</summary>
    internal readonly bool HasPlaces => (Flags & 4) != 0;
}
