using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// One output stream of a call: kept up to a bound, the rest read, counted and dropped, so that no program ever waits
/// for us and no amount of output fills our memory. Everything but construction happens on the loop's thread.
/// </summary>
internal sealed unsafe class CallOutput(
    DescriptorLoop loop, SafeFileHandle pipe, bool isError, int bytesMax, Action<OutputPiece>? onOutput) : IDisposable
{
    private const int PieceSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _kept = new();
    private long _key;
    private bool _callIsOver;
    private bool _ended;

    /// <summary>Bytes written while the call ran, kept or not.</summary>
    internal long Length { get; private set; }

    /// <summary>Why a piece could not be passed on; the rest is kept and counted all the same.</summary>
    internal Exception? Failure { get; private set; }

    internal byte[] Kept => _kept.WrittenSpan.ToArray();

    internal void Start()
    {
        _ = Native.Control(pipe, Native.SetStatusFlags, Native.NonBlocking);
        _key = loop.Watch(pipe, Native.EventReadable, () => ReadOnce());
    }

    /// <summary>
    /// Takes what is in the pipe now, and there the call's output ends: what a process left running writes later is
    /// read and thrown away. One pipe's worth at most, however fast somebody writes.
    /// </summary>
    internal void End()
    {
        int waiting = 0;
        bool isOpen = !_ended && Native.Control(pipe, Native.BytesWaiting, &waiting) == 0;
        long enough = Length + waiting;
        while (isOpen && !_ended && Length < enough && ReadOnce() > 0)
        {
        }

        _callIsOver = true;
    }

    public void Dispose()
    {
        _ended = true;
        loop.Forget(_key);
        pipe.Dispose();
    }

    private nint ReadOnce()
    {
        byte* piece = stackalloc byte[PieceSize];
        nint read = _ended ? 0 : Native.Read(pipe, piece, PieceSize);
        if (read > 0 && !_callIsOver)
        {
            Keep(new ReadOnlySpan<byte>(piece, (int)read));
        }

        bool comesLater = read < 0
            && Marshal.GetLastPInvokeError() is Native.ErrorAgain or Native.ErrorInterrupted;
        if (read <= 0 && !comesLater)
        {
            Dispose();
        }

        return read;
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        Length += piece.Length;
        _kept.Write(piece[..Math.Min(Math.Max(0, bytesMax - _kept.WrittenCount), piece.Length)]);
        if (onOutput is null || Failure is not null)
        {
            return;
        }

        try
        {
            onOutput(new OutputPiece(isError, piece.ToArray()));
        }
        catch (Exception exception)
        {
            // The loop serves all other calls too.
            Failure = exception;
        }
    }
}
