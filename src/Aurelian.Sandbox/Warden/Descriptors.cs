using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>Pairs of descriptors, and sending them to another process.</summary>
internal static unsafe class Descriptors
{
    private const int DescriptorsMax = 8;

    internal static (SafeSocketHandle Ours, SafeSocketHandle Theirs) SocketPair()
    {
        int* pair = stackalloc int[2];
        Check(Native.SocketPair(Native.UnixFamily, Native.SequencedPackets | Native.CloseOnExec, 0, pair));
        return (new SafeSocketHandle(pair[0], true), new SafeSocketHandle(pair[1], true));
    }

    internal static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        int* pair = stackalloc int[2];
        Check(Native.Pipe(pair, Native.CloseOnExec));
        return (new SafeFileHandle(pair[0], true), new SafeFileHandle(pair[1], true));
    }

    /// <summary>Sends one byte with descriptors beside it (SCM_RIGHTS).</summary>
    internal static void Send(SafeSocketHandle socket, char operation, params ReadOnlySpan<SafeHandle> descriptors)
    {
        // struct cmsghdr (length, level, type: 16 bytes), then the descriptors.
        const int headerLength = 16;
        byte* control = stackalloc byte[headerLength + (DescriptorsMax * sizeof(int))];
        nint length = headerLength + (descriptors.Length * sizeof(int));
        *(nint*)control = length;
        *(int*)(control + 8) = Native.SocketLevel;
        *(int*)(control + 12) = Native.ScmRights;
        for (int index = 0; index < descriptors.Length; index++)
        {
            ((int*)(control + headerLength))[index] = (int)descriptors[index].DangerousGetHandle();
        }

        byte payload = (byte)operation;
        Native.IoVector part = new() { Base = &payload, Length = 1 };
        Native.MessageHeader message = new()
        {
            Parts = &part, PartCount = 1, Control = control, ControlLength = (length + 7) & ~7,
        };
        Check((int)Native.SendMessage(socket, &message, Native.NoSignal));
        GC.KeepAlive(descriptors.ToArray());
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new SandboxException(
                SandboxFailure.Broken, $"The warden cannot be reached: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }
}
