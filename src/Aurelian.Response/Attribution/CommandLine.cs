using System.Collections.Immutable;

namespace Aurelian.Response;

/// <summary>argv as a shell would take it, cut and marked.</summary>
public static class CommandLine
{
    private const int CharactersMax = 2048;
    private const string CutMark = "…";

    /// <summary>argv as one line that a shell would part again as it was.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    internal static string? Join(ImmutableArray<string> arguments, bool cut)
    {
        if (arguments.IsDefaultOrEmpty)
        {
            return null;
        }

        string joined = Join(arguments);
        return joined.Length > CharactersMax ? joined[..CharactersMax] + CutMark : cut ? joined + CutMark : joined;
    }

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(each => char.IsAsciiLetterOrDigit(each) || "-_./:=@%+,".Contains(each))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
