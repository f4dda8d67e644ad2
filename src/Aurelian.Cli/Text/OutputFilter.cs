using System.Text;

namespace Aurelian.Cli;

/// <summary>
/// A sandbox's output on its way to a person: into a pipe or file every byte as it is; on a terminal as text without
/// escapes and control characters, so that it can neither move the cursor nor answer for the user.
/// </summary>
/// <param name="onFailure">Told once, in a sentence; nothing is written after that.</param>
internal sealed class OutputFilter(Stream stream, bool raw, Action<string> onFailure)
{
    private readonly Lock _writing = new();
    private bool _failed;

    // Keeps what of a character came at the end of a piece: a control character split in two is one all the same.
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_writing)
        {
            if (_failed)
            {
                return;
            }

            try
            {
                stream.Write(raw ? bytes : Harmless(bytes));
                stream.Flush();
            }
            catch (IOException exception)
            {
                // A full disk behind a redirection: the run is judged all the same.
                _failed = true;
                onFailure($"the command's output cannot be written on: {exception.Message}");
            }
        }
    }

    private byte[] Harmless(ReadOnlySpan<byte> bytes)
    {
        char[] text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        int length = _decoder.GetChars(bytes, text, flush: false);
        for (int index = 0; index < length; index++)
        {
            bool control = char.IsControl(text[index]) && text[index] is not ('\n' or '\r' or '\t');
            text[index] = control ? '.' : text[index];
        }

        return Encoding.UTF8.GetBytes(text, 0, length);
    }
}
