using System.Collections.Immutable;
using System.Text;

namespace Aurelian.Detection;

/// <summary>
/// The simple commands in a line for a shell, as words: enough of its grammar that what is quoted, commented out or in
/// a here-document is not taken for a command. Expands nothing.
/// </summary>
internal static class Commands
{
    private const int LengthMax = 64 * 1024;

    /// <summary>Words before the command proper.</summary>
    private static readonly string[] Prefixes = ["sudo", "nohup", "exec", "env", "time", "setsid", "command"];

    internal static IReadOnlyList<ImmutableArray<string>> Read(string text)
    {
        List<ImmutableArray<string>> commands = [];
        List<string> words = [];
        StringBuilder word = new();
        bool begun = false;
        string? until = null;
        int length = Math.Min(text.Length, LengthMax);
        for (int at = 0; at < length; at++)
        {
            char each = text[at];
            if (each is '\'' or '"')
            {
                int end = Closing(text, at, length);
                word.Append(text, at + 1, Math.Max(0, end - at - 1));
                (begun, at) = (true, end);
            }
            else if (each == '\\' && at + 1 < length)
            {
                at++;
                word.Append(text[at] == '\n' ? "" : text[at].ToString());
                begun = true;
            }
            else if (each == '#' && !begun)
            {
                at = EndOfLine(text, at, length) - 1;
            }
            else if (each == '<' && at + 2 < length && text[at + 1] == '<' && text[at + 2] != '<')
            {
                until = Delimiter(text, ref at, length);
            }
            else if (char.IsWhiteSpace(each) || each is ';' or '&' or '|' or '(' or ')' or '`')
            {
                EndWord(word, words, ref begun);
                if (each is not (' ' or '\t'))
                {
                    EndCommand(words, commands);
                }

                if (each == '\n' && until is not null)
                {
                    at = SkipTo(text, at, until, length);
                    until = null;
                }
            }
            else
            {
                word.Append(each);
                begun = true;
            }
        }

        EndWord(word, words, ref begun);
        EndCommand(words, commands);
        return commands;
    }

    private static void EndWord(StringBuilder word, List<string> words, ref bool begun)
    {
        if (begun)
        {
            words.Add(word.ToString());
        }

        word.Clear();
        begun = false;
    }

    private static void EndCommand(List<string> words, List<ImmutableArray<string>> commands)
    {
        int first = words.FindIndex(word => !Prefixes.Contains(word) && !IsAssignment(word));
        if (first >= 0)
        {
            commands.Add([.. words.Skip(first)]);
        }

        words.Clear();
    }

    private static bool IsAssignment(string word) =>
        word.IndexOf('=') is var at and > 0 && word.AsSpan(0, at).IndexOfAny(" /-.") < 0;

    private static int Closing(string text, int at, int length)
    {
        char quote = text[at];
        for (int end = at + 1; end < length; end++)
        {
            if (text[end] == quote)
            {
                return end;
            }

            end += quote == '"' && text[end] == '\\' ? 1 : 0;
        }

        return length;
    }

    private static int EndOfLine(string text, int at, int length) =>
        text.IndexOf('\n', at, length - at) is var end and >= 0 ? end : length;

    private static string Delimiter(string text, ref int at, int length)
    {
        int end = EndOfLine(text, at, length);
        string word = text[(at + 2)..end].TrimStart('-', ' ').Split([' ', ';', '&', '|', '>', ')'], 2)[0];
        at = Math.Min(end, at + 2 + text[(at + 2)..end].IndexOf(word, StringComparison.Ordinal) + word.Length) - 1;
        return word.Trim('\'', '"', '\\');
    }

    /// <summary>The place of the last character of the line that ends the here-document.</summary>
    private static int SkipTo(string text, int at, string until, int length)
    {
        while (at < length)
        {
            int end = EndOfLine(text, at + 1, length);
            if (text[(at + 1)..end].Trim() == until)
            {
                return end;
            }

            at = end;
            if (at + 1 >= length)
            {
                break;
            }
        }

        return length;
    }
}
