using System.Globalization;
using System.Text;

namespace Aurelian.Readers;

/// <summary>Where a command stands in what an agent says.</summary>
internal static class CommandText
{
    private static readonly JsonFields Arguments = new("command", "cmd", "code", "input", "script", "path");
    private static readonly Lock Reading = new();

    /// <summary>The command of a tool call's arguments: a member of their object, else the whole text.</summary>
    internal static string OfArguments(string arguments)
    {
        byte[] json = Encoding.UTF8.GetBytes(arguments);
        lock (Reading)
        {
            if (arguments.StartsWith('{') && Arguments.TryRead(json))
            {
                JsonRow row = new(Arguments, json);
                for (int slot = 0; slot < 6; slot++)
                {
                    if (row.Text(slot, 16_384) is { } command)
                    {
                        return command;
                    }
                }
            }
        }

        return arguments;
    }

    /// <summary>The first fenced block that is a shell's; null when there is none.</summary>
    internal static string? OfFence(string text)
    {
        int open = -1;
        foreach (string fence in new[] { "```bash", "```mswea_bash_command", "```sh", "```shell" })
        {
            open = open < 0 ? text.IndexOf(fence, StringComparison.Ordinal) : open;
        }

        int line = open < 0 ? -1 : text.IndexOf('\n', open);
        int close = line < 0 ? -1 : text.IndexOf("```", line, StringComparison.Ordinal);
        return close < 0 ? null : text[(line + 1)..close].Trim() is { Length: > 0 } command ? command : null;
    }

    /// <summary><c>&lt;returncode&gt;1&lt;/returncode&gt;</c>, as the templates have it.</summary>
    internal static int? ExitCode(string text)
    {
        const string Tag = "<returncode>";
        int at = text.IndexOf(Tag, StringComparison.Ordinal);
        int end = at < 0 ? -1 : text.IndexOf('<', at + Tag.Length);
        return end > at && int.TryParse(
            text.AsSpan(at + Tag.Length, end - at - Tag.Length), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out int code) ? code : null;
    }
}
