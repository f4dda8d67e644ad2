using System.Collections.Immutable;

namespace Aurelian.Detection;

/// <summary>What a command for a shell writes into a persistent place, judged by what it would do there.</summary>
/// <remarks>
/// Covers: <c>echo</c>, <c>printf</c> and here-documents with a redirection or <c>tee</c>. Does not cover: what another
/// program writes, or what comes out of a file.
/// </remarks>
internal static class PersistentContent
{
    private const int LinesMax = 4096;

    private static readonly string[] Fetchers = ["curl", "wget", "fetch", "base64", "xxd", "openssl"];
    private static readonly string[] Interpreters =
        ["| sh", "|sh", "| bash", "|bash", "| python", "|python", "| perl", "|perl", "| sudo sh", "| sudo bash"];

    private static readonly string[] Scratch = ["/tmp/", "/var/tmp/", "/dev/shm/"];

    private static readonly string[] Runners =
    [
        "nohup", "setsid", "exec", "sh", "bash", "root", "ExecStart", "*", "@reboot", "python3", "python", "source",
        ".",
    ];

    /// <summary>The place and what is wrong with what is written there; null where nothing is.</summary>
    internal static (string Path, string What)? Find(string text)
    {
        if (!text.Contains('>') && !text.Contains("tee", StringComparison.Ordinal))
        {
            return null;
        }

        string[] lines = text.Split('\n', LinesMax);
        for (int index = 0; index < lines.Length; index++)
        {
            if (PathOf(lines[index]) is not { } path)
            {
                continue;
            }

            int document = lines[index].IndexOf("<<", StringComparison.Ordinal);
            string content = document < 0 ? Echoed(lines[index])
                : Document(lines, index, lines[index][(document + 2)..]);
            if (Judge(content) is { } what)
            {
                return (path, what);
            }
        }

        return null;
    }

    /// <summary>What the content does that a setting, a path or a lint hook never does; null when nothing.</summary>
    internal static string? Judge(string content) =>
        content.Contains("/dev/tcp/", StringComparison.Ordinal) ? "opens a shell to somebody outside"
        : Array.Exists(Fetchers, each => content.Contains(each, StringComparison.Ordinal))
            && Array.Exists(Interpreters, each => content.Contains(each, StringComparison.Ordinal))
            ? "runs what it fetches or unpacks"
        : ReverseBy(content) ? "opens a way in from outside"
        : content.Split('\n', LinesMax).Any(RunsScratch) ? "runs a program from a place for scratch files"
        : null;

    private static bool ReverseBy(string content)
    {
        foreach (ImmutableArray<string> words in Commands.Read(content))
        {
            if (TunnelTools.ReverseBy(words[0], words) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A word that begins there and is not what something is written to.</summary>
    private static bool RunsScratch(string line)
    {
        string[] words = line.Split([' ', '\t', ';', '&', '='], StringSplitOptions.RemoveEmptyEntries);
        for (int index = 0; index < words.Length; index++)
        {
            string before = index == 0 ? "" : words[index - 1];
            bool first = index == 0 || Runners.Contains(before);
            if (first && Array.Exists(Scratch, each => words[index].StartsWith(each, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Behind the last redirection or <c>tee</c>, where it is a persistent place.</summary>
    private static string? PathOf(string line)
    {
        string[] words = line.Replace(">", " > ", StringComparison.Ordinal)
            .Split([' ', '\t', ';', '&', '|', ')'], StringSplitOptions.RemoveEmptyEntries);
        for (int index = words.Length - 1; index > 0; index--)
        {
            string path = words[index].Trim('"', '\'').Replace("$HOME", "~", StringComparison.Ordinal);
            bool written = words[index - 1] is ">" or "tee" || (words[index - 1] == "-a" && index > 1
                && words[index - 2] == "tee");
            if (written && PersistentPlaces.Judge(path) is not null)
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>From <c>echo</c> or <c>printf</c> to the last redirection or pipe to <c>tee</c>.</summary>
    private static string Echoed(string line)
    {
        int start = line.IndexOf("echo ", StringComparison.Ordinal) is var echo and >= 0 ? echo + 5
            : line.IndexOf("printf ", StringComparison.Ordinal) is var printed and >= 0 ? printed + 7 : -1;
        int end = Math.Max(line.LastIndexOf('>'), line.LastIndexOf("| tee", StringComparison.Ordinal));
        return start >= 0 && end > start ? line[start..end].Trim(' ', '"', '\'', '>') : "";
    }

    /// <param name="behind">What stands behind the two signs: the word that ends it.</param>
    private static string Document(string[] lines, int at, string behind)
    {
        string until = behind.TrimStart('-', ' ').Split([' ', ';', '&', '|', '>'], 2)[0].Trim('"', '\'');
        return string.Join('\n', lines.Skip(at + 1).TakeWhile(line => line.Trim() != until));
    }
}
