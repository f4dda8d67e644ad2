using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// A call's standard input: written as fast as it is read, then closed. A program may leave it unread. Everything but
/// construction happens on the loop's thread.
/// </summary>
internal sealed unsafe class CallInput(
    DescriptorLoop loop, SafeFileHandle pipe, ReadOnlyMemory<byte> bytes, Stream? stream) : IDisposable
{
    private int _written;
    private long _key;

    internal void Start()
    {
        if (stream is not null)
        {
            // A thread of its own: nobody knows when the other side has something to say, or whether it ever ends.
            new Thread(PassOn) { IsBackground = true, Name = "standard input" }.Start();
            return;
        }

        if (bytes.IsEmpty)
        {
            Dispose();
            return;
        }

        _ = Native.Control(pipe, Native.SetStatusFlags, Native.NonBlocking);
        _key = loop.Watch(pipe, Native.EventWritable, WriteOnce);
    }

    public void Dispose()
    {
        loop.Forget(_key);
        pipe.Dispose();
    }

    private void PassOn()
    {
        try
        {
            using FileStream inside = new(pipe, FileAccess.Write, bufferSize: 0);
            stream!.CopyTo(inside);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The program left the rest unread, or has ended.
        }
    }

    private void WriteOnce()
    {
        using MemoryHandle pinned = bytes[_written..].Pin();
        nint wrote = Native.Write(pipe, (byte*)pinned.Pointer, bytes.Length - _written);
        bool broken = wrote < 0
            && Marshal.GetLastPInvokeError() is not (Native.ErrorAgain or Native.ErrorInterrupted);
        _written += (int)Math.Max(0, wrote);
        if (broken || _written == bytes.Length)
        {
            Dispose();
        }
    }
}
