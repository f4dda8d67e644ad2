using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>The body of a request: NUL-terminated strings in a memfd, since argv alone may fill 100 kB.</summary>
internal sealed class WardenRequest
{
    private readonly ArrayBufferWriter<byte> _body = new();

    internal WardenRequest Add(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new SandboxException(SandboxFailure.BadSetting, "An argument or path holds a NUL character.");
        }

        _body.Write(Encoding.UTF8.GetBytes(text));
        _body.Write((ReadOnlySpan<byte>)[0]);
        return this;
    }

    internal WardenRequest Add(long number) => Add(number.ToString(CultureInfo.InvariantCulture));

    internal WardenRequest AddCounted(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (string text in texts)
        {
            Add(text);
        }

        return this;
    }

    internal SafeFileHandle ToMemoryFile()
    {
        SafeFileHandle file = new(
            Native.CreateMemoryFile("aurelian-request", Native.MemoryFileCloseOnExec), ownsHandle: true);
        if (file.IsInvalid)
        {
            throw new SandboxException(
                SandboxFailure.Broken, $"Cannot make a memfd: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        RandomAccess.Write(file, _body.WrittenSpan, 0);
        return file;
    }
}
