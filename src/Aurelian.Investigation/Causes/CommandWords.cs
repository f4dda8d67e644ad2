namespace Aurelian.Investigation.Causes;

/// <summary>Words of a command's text, and the program it comes down to.</summary>
internal static class CommandWords
{
    public const int WordsMax = 48;
    private const int TextMax = 4096;

    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal)
    {
        "nohup", "sudo", "env", "exec", "time", "setsid", "nice", "stdbuf", "command", "timeout", "bash", "sh", "then",
        "do", "-c",
    };

    /// <summary>Distinct words, at most <see cref="WordsMax"/>: runs of letters, digits and <c>_ - +</c> with at least
    /// two letters (an option keeps its dashes), and none that is mostly digits.</summary>
    public static List<string> Of(string? command)
    {
        List<string> words = [];
        ReadOnlySpan<char> text = (command ?? "").AsSpan(0, Math.Min(command?.Length ?? 0, TextMax));
        int at = 0;
        while (at < text.Length && words.Count < WordsMax)
        {
            int from = at;
            while (at < text.Length && IsPart(text[at]))
            {
                at++;
            }

            if (at > from && Telling(text[from..at]))
            {
                string word = text[from..at].ToString();
                if (!words.Contains(word))
                {
                    words.Add(word);
                }
            }

            at += at == from ? 1 : 0;
        }

        return words;
    }

    /// <summary>
    /// What a command comes down to: the program of its last part, without what wraps it, and a subcommand if the next
    /// word is one (<c>git log</c>, <c>python3 solve.py</c>). Calls of one task with the same program misbehave or
    /// not for the same reason.
    /// </summary>
    public static string ProgramOf(string? tool, string? command)
    {
        string text = command ?? "";
        text = text.Length > TextMax ? text[..TextMax] : text;
        string[] parts = text.Split(["&&", "||", ";", "|", "\n"], StringSplitOptions.TrimEntries);
        string program = "";
        // A pipe's head names what runs, a sequence's last member what stays.
        string tail = text.Split(["&&", ";", "\n"], StringSplitOptions.TrimEntries)
            .LastOrDefault(p => p.Length > 0) ?? "";
        foreach (string word in tail.Split([' ', '\t', '|', '\'', '"', '(', ')', '{', '}'],
            StringSplitOptions.RemoveEmptyEntries))
        {
            if (program.Length == 0)
            {
                bool skip = Wrappers.Contains(word) || word.Contains('=', StringComparison.Ordinal)
                    || char.IsAsciiDigit(word[0]) || word[0] is '-' or '<' or '>' or '&';
                program = skip ? "" : word[(word.LastIndexOf('/') + 1)..];
                continue;
            }

            if (word.All(c => char.IsAsciiLetter(c) || c is '.' or '_') && word.Length <= 24)
            {
                program += " " + word;
            }

            break;
        }

        return parts.Length == 0 ? tool ?? "" : $"{tool}:{program}";
    }

    /// <summary>The text leaves a process behind: it ends in <c>&amp;</c>, or runs under what detaches.</summary>
    public static bool Detaches(string? command)
    {
        ReadOnlySpan<char> text = (command ?? "").AsSpan().TrimEnd();
        text = text.TrimEnd("'\"})");
        return (text.EndsWith("&") && !text.EndsWith("&&"))
            || text.Contains("nohup ", StringComparison.Ordinal) || text.Contains("setsid ", StringComparison.Ordinal)
            || text.Contains("tmux ", StringComparison.Ordinal) || text.Contains("disown", StringComparison.Ordinal)
            || text.Contains("daemon", StringComparison.Ordinal);
    }

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '+';

    private static bool Telling(ReadOnlySpan<char> word)
    {
        int letters = 0, digits = 0;
        foreach (char c in word)
        {
            letters += char.IsAsciiLetter(c) ? 1 : 0;
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return letters >= 2 && digits <= letters / 2 && word.Length <= 40
            || (letters >= 1 && word[0] == '-' && digits == 0 && word.Length >= 2);
    }
}
