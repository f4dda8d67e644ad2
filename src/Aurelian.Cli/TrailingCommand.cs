namespace Aurelian.Cli;

/// <summary>
/// Parts our options from the user's command at the first <c>--</c>, before any parser sees it: what follows passes
/// unchanged, whatever it looks like.
/// </summary>
internal static class TrailingCommand
{
    internal static (string[] Own, string[]? Command) Split(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--");
        return at < 0 ? (arguments, null) : (arguments[..at], arguments[(at + 1)..]);
    }
}
