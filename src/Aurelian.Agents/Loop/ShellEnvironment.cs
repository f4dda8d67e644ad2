using System.Collections.Immutable;
using System.Text;
using Aurelian.Sandbox;

namespace Aurelian.Agents;

/// <summary>
/// Which exported variables a call changed, from bash's own list (<c>export -p</c>) after it. What a shell keeps for
/// itself says nothing.
/// </summary>
internal sealed class ShellEnvironment
{
    internal const int BytesMax = 1 << 18;

    private const int NamesMax = 64;
    private const string Declared = "declare -x ";

    private static readonly HashSet<string> Bookkeeping = ["PWD", "OLDPWD", "SHLVL", "_"];
    private static readonly HashSet<string> Given = ["HOME", "USER", "LOGNAME", "SHELL", "LANG", "TERM"];

    private Dictionary<string, string>? _before;

    /// <summary>Names that were added, changed or taken away since the last call, in order.</summary>
    internal ImmutableArray<string> Follow(ReadOnlySpan<byte> exported)
    {
        Dictionary<string, string> now = Parse(Encoding.UTF8.GetString(exported));
        // Before the first call there is what every call is given; its values are the sandbox's, but for the path's.
        Dictionary<string, string> before = _before ?? Initial(now);
        _before = now;
        return
        [
            .. now.Keys.Union(before.Keys)
                .Where(name => now.GetValueOrDefault(name) != before.GetValueOrDefault(name))
                .Order(StringComparer.Ordinal).Take(NamesMax),
        ];
    }

    private static Dictionary<string, string> Initial(Dictionary<string, string> now)
    {
        Dictionary<string, string> initial = now.Where(entry => Given.Contains(entry.Key)).ToDictionary();
        initial["PATH"] = $"=\"{ShellSession.InitialPath}\"\n";
        return initial;
    }

    /// <summary>A value may hold line ends; it goes to the next declaration.</summary>
    private static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> variables = [];
        int at = text.StartsWith(Declared, StringComparison.Ordinal) ? 0 : -1;
        while (at >= 0)
        {
            int start = at + Declared.Length, next = text.IndexOf("\n" + Declared, start, StringComparison.Ordinal);
            string line = text[start..(next < 0 ? text.Length : next + 1)];
            int end = line.IndexOfAny(['=', '\n']);
            string name = end < 0 ? line : line[..end];
            if (!Bookkeeping.Contains(name))
            {
                variables[name] = line[name.Length..];
            }

            at = next < 0 ? -1 : next + 1;
        }

        return variables;
    }
}
