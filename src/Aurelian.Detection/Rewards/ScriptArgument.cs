using System.Collections.Immutable;

namespace Aurelian.Detection;

/// <summary>What an interpreter was told to run, by its command line.</summary>
public static class ScriptArgument
{
    private static readonly string[] Interpreters =
        ["python", "bash", "sh", "dash", "zsh", "perl", "node", "ruby", "php", "lua", "tclsh", "Rscript"];

    /// <summary>Options of the interpreters above that take the next word.</summary>
    private static readonly string[] WithWord =
        ["-W", "-X", "-o", "+o", "-O", "+O", "-I", "-r", "--rcfile", "--init-file"];

    public static bool IsInterpreter(string executable)
    {
        string name = executable[(executable.LastIndexOf('/') + 1)..];
        // python3.11, lua5.4; but no sha256sum for a shell.
        return Array.Exists(Interpreters, each => name.StartsWith(each, StringComparison.Ordinal)
            && (name.Length == each.Length || !char.IsAsciiLetter(name[each.Length])));
    }

    /// <summary>
    /// The script's file, absolute where the folder is known; null where the code stands on the command line itself,
    /// comes from standard input, or is a module (which is given as its name).
    /// </summary>
    public static (string? File, string? Module) Find(
        string executable, ImmutableArray<string> arguments, string? folder)
    {
        for (int index = 1; IsInterpreter(executable) && index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument.Length == 0 || argument == "-" || argument.Contains('\0', StringComparison.Ordinal))
            {
                return (null, null);
            }

            if (argument[0] is not ('-' or '+'))
            {
                bool known = folder is not null && folder.StartsWith('/');
                return (known ? Path.GetFullPath(argument, folder!) : argument, null);
            }

            // The last letter of a cluster is the one that takes a word: -c, -lc, -ne.
            if (argument[1..].Length > 0 && argument[1] != '-' && IsCode(executable, argument[^1]))
            {
                string? module = argument[^1] == 'm' && index + 1 < arguments.Length ? arguments[index + 1] : null;
                return (null, module);
            }

            index += WithWord.Contains(argument) ? 1 : 0;
        }

        return (null, null);
    }

    private static bool IsCode(string executable, char option)
    {
        string name = executable[(executable.LastIndexOf('/') + 1)..];
        return name.StartsWith("python", StringComparison.Ordinal) ? option is 'c' or 'm'
            : name is ['p', 'e', ..] or ['r', 'u', ..] or ['n', ..] or ['l', ..] or ['R', ..] ? option == 'e'
            : name.StartsWith("php", StringComparison.Ordinal) ? option == 'r'
            : option == 'c';
    }
}
