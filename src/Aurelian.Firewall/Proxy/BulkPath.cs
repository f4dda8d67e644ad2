using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Firewall;

/// <summary>How a bulk stretch of one direction ended.</summary>
internal enum BulkEnding
{
    /// <summary>Nothing came for a while: the direction goes back to waiting without a thread.</summary>
    Idle,
    /// <summary>The sending side ended.</summary>
    End,
    /// <summary>Either side broke, or the flow was cut.</summary>
    Broken,
    /// <summary>The rule's limit: what was read last went nowhere.</summary>
    Refused,
}

/// <summary>
/// Moves a bulk direction's bytes from socket to socket inside the kernel, by splice(2) over a pipe: our process copies
/// none of them. For stretches only that nobody here needs to look at any more.
/// </summary>
/// <remarks>
/// A thread of its own a stretch, since a full receiver can only be waited for by one; their number is bounded, and
/// whoever gets none copies as before. A cut reaches it as it reaches every operation on the sockets: closing one
/// disconnects it, and the thread's next call fails.
/// </remarks>
internal static class BulkPath
{
    /// <summary>Below it a thread costs more than the copies.</summary>
    internal const long BytesMin = 1 << 20;

    private const int ThreadsMax = 64;
    private const int PipeSize = 1 << 20, SetPipeSize = 1031; // F_SETPIPE_SZ
    private const uint MoveWithoutWaiting = 1 | 2; // SPLICE_F_MOVE | SPLICE_F_NONBLOCK
    private const int IdleMicroseconds = 200_000;

    private static int _threads;

    /// <param name="mayPass">Asked with the length of each piece before any of it is sent.</param>
    /// <param name="passed">Told what was sent.</param>
    /// <returns>Null: no thread is free.</returns>
    internal static Task<BulkEnding>? TryRun(
        Socket from, Socket to, Func<long, bool> mayPass, Action<long> passed, CancellationToken aborted)
    {
        if (Interlocked.Increment(ref _threads) > ThreadsMax)
        {
            Interlocked.Decrement(ref _threads);
            return null;
        }

        TaskCompletionSource<BulkEnding> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            BulkEnding ending = Move(from, to, mayPass, passed, aborted);
            Interlocked.Decrement(ref _threads);
            done.SetResult(ending);
        })
        {
            IsBackground = true,
            Name = "bulk",
        };
        thread.Start();
        return done.Task;
    }

    private static BulkEnding Move(
        Socket from, Socket to, Func<long, bool> mayPass, Action<long> passed, CancellationToken aborted)
    {
        if (!TryPipe(out SafeFileHandle read, out SafeFileHandle write))
        {
            return BulkEnding.Idle;
        }

        using (read)
        using (write)
        {
            try
            {
                while (!aborted.IsCancellationRequested)
                {
                    // Asked each time: what the framework has set the descriptor to is its own affair.
                    if (!from.Poll(IdleMicroseconds, SelectMode.SelectRead))
                    {
                        return BulkEnding.Idle;
                    }

                    nint taken = Native.Splice(from.SafeHandle, 0, write, 0, PipeSize, MoveWithoutWaiting);
                    if (taken == 0)
                    {
                        return BulkEnding.End;
                    }

                    if (taken < 0 && !Native.MayRetry())
                    {
                        return BulkEnding.Broken;
                    }

                    if (taken > 0 && !mayPass(taken))
                    {
                        return BulkEnding.Refused;
                    }

                    if (!Empty(read, to, Math.Max(0, taken), passed, aborted))
                    {
                        return BulkEnding.Broken;
                    }
                }

                return BulkEnding.Broken;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return BulkEnding.Broken;
            }
        }
    }

    private static bool Empty(
        SafeFileHandle pipe, Socket to, nint left, Action<long> passed, CancellationToken aborted)
    {
        while (left > 0)
        {
            if (!to.Poll(IdleMicroseconds, SelectMode.SelectWrite))
            {
                if (aborted.IsCancellationRequested)
                {
                    return false;
                }

                continue;
            }

            nint sent = Native.Splice(pipe, 0, to.SafeHandle, 0, left, MoveWithoutWaiting);
            if (sent > 0)
            {
                passed(sent);
                left -= sent;
            }
            else if (aborted.IsCancellationRequested || sent == 0 || !Native.MayRetry())
            {
                return false;
            }
        }

        return true;
    }

    private static unsafe bool TryPipe(out SafeFileHandle read, out SafeFileHandle write)
    {
        int* pair = stackalloc int[2];
        bool made = Native.Pipe(pair, Native.CloseOnExec) == 0;
        (read, write) = (new SafeFileHandle(made ? pair[0] : -1, true), new SafeFileHandle(made ? pair[1] : -1, true));
        if (made)
        {
            // As far as the kernel lets us; a smaller one works too.
            _ = Native.Control(write, SetPipeSize, PipeSize);
        }

        return made;
    }
}
