using System.Collections.Immutable;

namespace Aurelian.Events;

/// <remarks>
/// In these the subject's pid is the acting process: the child of a fork, the caller of an exec or connect.
/// </remarks>
public abstract partial record Fact
{
    public sealed record ProcessForked(int ParentPid) : Fact;

    /// <param name="Executable">The real path, also where <c>argv[0]</c> says otherwise; <c>memfd:NAME</c> for a
    /// memfd.</param>
    /// <param name="Deleted">The file had no name left in any folder when it was executed.</param>
    /// <param name="ArgumentsCut">More arguments, or longer ones, than the sensor keeps.</param>
    /// <param name="Folder">Its working directory; null when it was gone before it could be asked.</param>
    /// <param name="User">Whose process it is: a name where one is known, else the number.</param>
    public sealed record ProcessExecuted(
        int ParentPid, string Executable, ImmutableArray<string> Arguments, bool ArgumentsCut, bool Deleted,
        string? Folder = null, string? User = null) : Fact;

    public sealed record ProcessExited(int ExitCode, int Signal) : Fact;

    /// <param name="Syscall">The call's name, for example <c>bpf</c>.</param>
    /// <param name="Detail">What of it was refused, for example <c>AF_PACKET</c> or <c>CLONE_NEWUSER</c>; may be
    /// empty.</param>
    public sealed record SyscallRefused(string Syscall, string Detail) : Fact;

    public sealed record FileOpenedForWriting(string Path) : Fact;

    /// <summary>A file was read that another call wrote, or that came with the task's tests.</summary>
    /// <param name="Writer">The call that wrote it; null: it was brought in.</param>
    public sealed record FileRead(string Path, ToolCallId? Writer) : Fact;

    /// <summary>A process of another call set the subject in motion.</summary>
    /// <param name="How">woke, signal N, or message (through a local socket).</param>
    public sealed record ProcessTriggered(ToolCallId By, string How) : Fact;

    /// <summary>The subject used a descriptor that another call's process opened, or handed one over.</summary>
    /// <param name="From">The call that opened it.</param>
    public sealed record DescriptorPassed(ToolCallId From, string What) : Fact;

    /// <param name="Path">A path, or <c>@name</c> in the abstract namespace.</param>
    public sealed record LocalSocketConnected(string Path) : Fact;

    public sealed record ConnectAttempted(Endpoint Destination, Transport Transport) : Fact;

    public sealed record SocketBound(Endpoint Local, Transport Transport) : Fact;

    public sealed record SocketListened(Endpoint Local) : Fact;

    public sealed record DatagramSent(Endpoint Destination, Transport Transport) : Fact;

    /// <summary>A call's whole cgroup, what it left running included.</summary>
    /// <param name="Burn">What its processes did, where they kept a core busy since the last sample.</param>
    public sealed record ResourceSampled(
        double CpuSeconds, long? MemoryBytes, int Processes, BurnShape? Burn = null) : Fact;
}

/// <summary>What the processes of a call that computes are like from outside.</summary>
/// <param name="Cores">Processors that they may use.</param>
/// <param name="ThreadsRunning">Threads on a processor, or ready for one, at that moment.</param>
/// <param name="BytesWritten">Handed to write(2) by those alive and their children, into files, pipes and sockets;
/// null where the kernel does not say.</param>
/// <param name="HugeBytes">Memory in huge pages of hugetlbfs.</param>
public readonly record struct BurnShape(int Cores, int ThreadsRunning, long? BytesWritten, long HugeBytes);
