using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// A socket of the proxy. It waits on the proxy's own loop, and what follows a wait runs on the loop's thread: a step
/// of a connection wakes nobody else. So nothing there may block.
/// </summary>
/// <remarks>At most one receives (or accepts) and one sends (or connects) at a time.</remarks>
internal sealed class LoopSocket(DescriptorLoop loop, Socket socket)
{
    /// <summary>Then others have their turn: who always has more to give must not hold up who has little.</summary>
    private const int PiecesAtOnce = 8;

    private readonly SafeSocketHandle _handle = WithoutWaiting(socket.SafeHandle);
    private readonly Readiness _readable = new(loop), _writable = new(loop);
    private readonly Lock _watching = new();
    private int _pieces;
    private long _key;
    private bool _closed;

    internal Socket Socket => socket;

    internal async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (++_pieces > PiecesAtOnce)
        {
            await GiveWayAsync().ConfigureAwait(false);
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryReceive(buffer.Span) is >= 0 and int count)
            {
                return count;
            }

            using CancellationTokenRegistration woken = WakenBy(cancellationToken);
            await _readable.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends as much as there is room for, and waits until there is some.</summary>
    internal async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TrySend(bytes.Span) is >= 0 and int count)
            {
                return count;
            }

            using CancellationTokenRegistration woken = WakenBy(cancellationToken);
            await _writable.WaitAsync().ConfigureAwait(false);
        }
    }

    internal async ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        if (++_pieces > PiecesAtOnce)
        {
            await GiveWayAsync().ConfigureAwait(false);
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAccept() is { } accepted)
            {
                return accepted;
            }

            using CancellationTokenRegistration woken = WakenBy(cancellationToken);
            await _readable.WaitAsync().ConfigureAwait(false);
        }
    }

    internal async ValueTask ConnectAsync(IPEndPoint to, CancellationToken cancellationToken)
    {
        // Asked again at once: on the machine itself the answer is there when the question has been sent.
        while (!Native.TryConnect(_handle, to) && !Native.TryConnect(_handle, to))
        {
            using CancellationTokenRegistration woken = WakenBy(cancellationToken);
            await _writable.WaitAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    internal void ShutdownSend() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset instead of a farewell; who waits goes on and finds it closed.</summary>
    internal void Reset()
    {
        Leave();
        ProxyFlow.Reset(socket);
        Wake();
    }

    internal void Close()
    {
        Leave();
        socket.Dispose();
        Wake();
    }

    /// <summary>
    /// Not by the framework's own property, which asks what holds before it sets it, and again at the end.
    /// </summary>
    private static SafeSocketHandle WithoutWaiting(SafeSocketHandle handle)
    {
        _ = Native.Control(handle, Native.SetStatusFlags, Native.NonBlocking);
        return handle;
    }

    private Socket? TryAccept()
    {
        try
        {
            // Asked first: a queue that is empty is an exception to the framework.
            return socket.Poll(0, SelectMode.SelectRead) ? socket.Accept() : null;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
        {
            return null; // gone again
        }
    }

    private unsafe int TryReceive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Outcome(Native.Receive(_handle, start, buffer.Length, Native.DontWait));
        }
    }

    private unsafe int TrySend(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Outcome(Native.Send(_handle, start, bytes.Length, Native.DontWait | Native.NoSignal));
        }
    }

    private static int Outcome(nint count) => count >= 0 || Native.MayRetry()
        ? (int)count
        : throw new SocketException(Marshal.GetLastPInvokeError());

    private Task GiveWayAsync()
    {
        _pieces = 0;
        TaskCompletionSource turn = new();
        loop.Post(turn.SetResult);
        return turn.Task;
    }

    /// <summary>To be called before each wait.</summary>
    private CancellationTokenRegistration WakenBy(CancellationToken cancellationToken)
    {
        _pieces = 0;
        Watch();
        return cancellationToken.UnsafeRegister(static state => ((LoopSocket)state!).Wake(), this);
    }

    private void Watch()
    {
        lock (_watching)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_key == 0)
            {
                _key = loop.Watch(_handle, DescriptorLoop.Edges, Signal);
            }
        }
    }

    /// <summary>It is waited on no more, and is about to be closed.</summary>
    internal void Leave()
    {
        lock (_watching)
        {
            _closed = true;
            loop.Drop(_key);
        }
    }

    private void Wake()
    {
        _readable.Wake();
        _writable.Wake();
    }

    private void Signal()
    {
        _readable.Signal();
        _writable.Signal();
    }
}
