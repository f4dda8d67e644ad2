using System.Globalization;
using System.Text;
using Aurelian.Sandbox;

namespace Aurelian.Agents;

/// <summary>The <c>edit</c> tool: view a file, create one, or replace a text that occurs exactly once.</summary>
internal static class EditTool
{
    private const int FileBytesMax = 1 << 20;

    /// <summary>What the policy is told, and whether it was done.</summary>
    internal static async Task<(string Text, bool Done)> RunAsync(
        ISandbox sandbox, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellationToken)
    {
        string path = Absolute(sandbox, arguments.GetValueOrDefault("path", ""));
        return arguments.GetValueOrDefault("action", "") switch
        {
            _ when path.Length == 0 => ("edit needs a path", false),
            "view" => await ViewAsync(sandbox, path, cancellationToken).ConfigureAwait(false),
            "create" => await WriteAsync(
                sandbox, path, arguments.GetValueOrDefault("content", ""), cancellationToken).ConfigureAwait(false),
            "replace" => await ReplaceAsync(sandbox, path, arguments, cancellationToken).ConfigureAwait(false),
            string other => ($"edit knows the actions view, create and replace, not '{other}'", false),
        };
    }

    private static string Absolute(ISandbox sandbox, string path) =>
        path.Length == 0 || path.StartsWith('/') ? path : $"{sandbox.WorkingDirectory}/{path}";

    private static async Task<(string Text, bool Done)> ViewAsync(
        ISandbox sandbox, string path, CancellationToken cancellationToken)
    {
        FileContent file = await sandbox.Files.ReadAsync(path, FileBytesMax, cancellationToken).ConfigureAwait(false);
        if (file.Outcome != FileOutcome.Done)
        {
            return (Say(path, file.Outcome), false);
        }

        string[] lines = ToolOutput.FromBytes(file.Bytes).Split('\n');
        return (string.Join('\n', lines.Select((line, index) =>
            string.Create(CultureInfo.InvariantCulture, $"{index + 1,5}  {line}"))), true);
    }

    private static async Task<(string Text, bool Done)> WriteAsync(
        ISandbox sandbox, string path, string content, CancellationToken cancellationToken)
    {
        FileOutcome outcome = await sandbox.Files
            .WriteAsync(path, Encoding.UTF8.GetBytes(content), SandboxUser.Agent, cancellationToken)
                .ConfigureAwait(false);
        return outcome == FileOutcome.Done ? ($"wrote {path}", true) : (Say(path, outcome), false);
    }

    private static async Task<(string Text, bool Done)> ReplaceAsync(
        ISandbox sandbox, string path, IReadOnlyDictionary<string, string> arguments,
        CancellationToken cancellationToken)
    {
        string old = arguments.GetValueOrDefault("old", ""), replacement = arguments.GetValueOrDefault("new", "");
        FileContent file = await sandbox.Files.ReadAsync(path, FileBytesMax, cancellationToken).ConfigureAwait(false);
        if (file.Outcome != FileOutcome.Done || file.Length > FileBytesMax)
        {
            return (Say(path, file.Outcome == FileOutcome.Done ? FileOutcome.TooLarge : file.Outcome), false);
        }

        string text = ToolOutput.FromBytes(file.Bytes);
        int at = old.Length == 0 ? -1 : text.IndexOf(old, StringComparison.Ordinal);
        if (at < 0 || text.IndexOf(old, at + 1, StringComparison.Ordinal) >= 0)
        {
            return (at < 0 ? "'old' does not occur in the file"
                : "'old' occurs more than once; give more of its surroundings", false);
        }

        return await WriteAsync(
            sandbox, path, string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + old.Length)),
                cancellationToken)
            .ConfigureAwait(false);
    }

    private static string Say(string path, FileOutcome outcome) => $"{path}: " + outcome switch
    {
        FileOutcome.NotFound => "no such file",
        FileOutcome.NotAFile => "not a plain file",
        FileOutcome.TooLarge => "larger than 1 MiB",
        FileOutcome.NoSpace => "no space left",
        _ => "not allowed",
    };
}
