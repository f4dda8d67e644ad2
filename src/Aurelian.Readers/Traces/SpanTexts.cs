using System.Text.Json;

namespace Aurelian.Readers;

/// <summary>Makes the texts of a file's spans: one that was made lately is given again.</summary>
internal sealed class SpanTexts
{
    private readonly RecentValues _recent = new();
    private readonly CommandArguments _commands = new();
    private readonly Unescaping _unescaping = new();

    internal string Text(ReadOnlySpan<byte> utf8, int charactersMax) => _recent.Text(utf8, charactersMax);

    internal string Command(ReadOnlySpan<byte> arguments) => _commands.Of(arguments);

    /// <summary>A text's bytes without escapes, until the next call; throws where they make no text.</summary>
    internal ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader) => _unescaping.Of(ref reader);
}
