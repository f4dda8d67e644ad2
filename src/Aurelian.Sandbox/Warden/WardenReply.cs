using System.Runtime.InteropServices;

namespace Aurelian.Sandbox;

/// <summary>As <c>enum reply_kind</c> in native/warden/warden.h.</summary>
internal enum ReplyKind : uint
{
    Done = 1,
    Started = 2,
    Exited = 3,
    Refused = 4,
    Failed = 5,
    Lost = 6,
    Drained = 7,
}

/// <summary>As <c>enum stage</c> in native/warden/warden.h.</summary>
internal enum WardenStage
{
    Request = 1,
    Mount = 2,
    Cgroup = 3,
    Namespace = 4,
    Clone = 5,
    Identity = 6,
    Landlock = 7,
    Seccomp = 8,
    Folder = 9,
    Execute = 10,
}

/// <summary>As <c>struct reply</c> in native/warden/warden.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WardenReply
{
    internal ReplyKind Kind;
    internal int Pid;
    internal ulong StampNs;
    internal long Value;
    internal fixed ulong Arguments[6];

    internal static int Size => sizeof(WardenReply);

    internal WardenStage Stage => (WardenStage)Arguments[0];
}
