using System.Text;

namespace Aurelian.Agents;

/// <summary>
/// What a tool says to the policy: bounded, with the cut marked in the middle (ends tell more than middles).
/// </summary>
internal static class ToolOutput
{
    internal const int CharactersMax = 16_000;

    internal static string Cut(string text)
    {
        if (text.Length <= CharactersMax)
        {
            return text;
        }

        int half = CharactersMax / 2;
        return $"{text[..half]}\n[… {text.Length - CharactersMax} characters left out …]\n{text[^half..]}";
    }

    internal static string FromBytes(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
