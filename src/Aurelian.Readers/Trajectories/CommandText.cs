using System.Buffers.Text;
using System.Text;

namespace Aurelian.Readers;

/// <summary>Where a command stands in what an agent says.</summary>
internal static class CommandText
{
    private const int CommandMax = 16_384;

    private static readonly CommandArguments Arguments = new();
    private static readonly Lock Reading = new();

    /// <summary>As <see cref="CommandArguments.Of"/>.</summary>
    internal static string OfArguments(string arguments)
    {
        lock (Reading)
        {
            return Arguments.Of(Encoding.UTF8.GetBytes(arguments));
        }
    }

    internal static string? OfFence(string text) => OfFence(Encoding.UTF8.GetBytes(text));

    /// <summary>The first fenced block that is a shell's; null when there is none.</summary>
    /// <param name="text">In UTF-8.</param>
    internal static string? OfFence(ReadOnlySpan<byte> text)
    {
        int open = text.IndexOf("```bash"u8);
        open = open < 0 ? text.IndexOf("```mswea_bash_command"u8) : open;
        open = open < 0 ? text.IndexOf("```sh"u8) : open;
        if (open < 0 || text[open..].IndexOf((byte)'\n') is not (>= 0 and int line))
        {
            return null;
        }

        ReadOnlySpan<byte> block = text[(open + line + 1)..];
        int close = block.IndexOf("```"u8);
        ReadOnlySpan<byte> command = close < 0 ? default : block[..close].Trim(" \t\r\n"u8);
        return command.IsEmpty ? null : Fields.Utf8(command, CommandMax);
    }

    /// <summary><c>&lt;returncode&gt;1&lt;/returncode&gt;</c>, as the templates have it.</summary>
    /// <param name="text">In UTF-8.</param>
    internal static int? ExitCode(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> tag = "<returncode>"u8;
        int at = text.IndexOf(tag);
        return at >= 0 && Utf8Parser.TryParse(text[(at + tag.Length)..], out int code, out int read)
            && text[(at + tag.Length + read)..].StartsWith((byte)'<') ? code : null;
    }
}
