using System.Text.RegularExpressions;

namespace Aurelian.Detection;

/// <summary>
/// A regular expression that is known to be one and is built when it is first asked: built it takes 300 kB, and of ten
/// thousand rules few are ever asked.
/// </summary>
internal sealed class LazyRegex
{
    private readonly string _pattern;
    private readonly RegexOptions _options;
    private Regex? _built;

    /// <exception cref="RefusedException">It is none that can be run.</exception>
    internal LazyRegex(string pattern, RegexOptions options)
    {
        (_pattern, _options) = (pattern, options);
        _ = RegexPattern.Compile(pattern, options);
    }

    /// <summary>Two threads may build it at once; both are the same.</summary>
    internal bool IsMatch(ReadOnlySpan<char> text) =>
        (_built ??= RegexPattern.Compile(_pattern, _options)).IsMatch(text);
}
