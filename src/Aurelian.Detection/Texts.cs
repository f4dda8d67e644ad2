namespace Aurelian.Detection;

/// <summary>Texts of others that are kept until they are told.</summary>
internal static class Texts
{
    /// <summary>What a sentence shows of one.</summary>
    private const int ShownMax = 200;

    internal static string Shown(string text) =>
        text.Length > ShownMax ? $"{text.AsSpan(0, ShownMax)}…" : text;
}
