using System.Text.Json;

namespace Aurelian.Readers;

/// <summary>Undoes the escapes of JSON's texts in one buffer, which the next text overwrites.</summary>
internal sealed class Unescaping
{
    private byte[] _bytes = new byte[4096];

    /// <summary>The text that the reader stands at, in UTF-8; throws where its escapes make no text.</summary>
    internal ReadOnlySpan<byte> Of(scoped ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (_bytes.Length < reader.ValueSpan.Length)
        {
            _bytes = new byte[reader.ValueSpan.Length];
        }

        return _bytes.AsSpan(0, reader.CopyString(_bytes));
    }
}
