using System.Buffers;
using System.Text;

namespace Aurelian.Training.Tokens;

/// <summary>
/// The alphabet of byte-level vocabularies (GPT-2): each byte stands as one printable character, so that a vocabulary
/// file is readable text and every byte sequence can be written.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharacterOf = Build();
    private static readonly Dictionary<char, byte> ByteOf = Enumerable.Range(0, 256)
        .ToDictionary(value => CharacterOf[value], value => (byte)value);

    /// <summary>All 256, by byte.</summary>
    internal static IReadOnlyList<char> Characters => CharacterOf;

    /// <summary>A text's UTF-8 bytes as characters of the alphabet.</summary>
    internal static string Encode(ReadOnlySpan<char> text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, rented);
        string encoded = string.Create(length, rented, (letters, bytes) =>
        {
            for (int i = 0; i < letters.Length; i++)
            {
                letters[i] = CharacterOf[bytes[i]];
            }
        });
        ArrayPool<byte>.Shared.Return(rented);
        return encoded;
    }

    /// <summary>The bytes of a vocabulary entry; false where it has a character outside the alphabet.</summary>
    internal static bool TryDecode(string entry, out byte[] bytes)
    {
        bytes = new byte[entry.Length];
        for (int i = 0; i < entry.Length; i++)
        {
            if (!ByteOf.TryGetValue(entry[i], out bytes[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static char[] Build()
    {
        // Printable Latin-1 stands for itself; the others follow from U+0100 on, in order.
        char[] letters = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or (>= 0xae and <= 0xff);
            letters[value] = printable ? (char)value : (char)next++;
        }

        return letters;
    }
}
