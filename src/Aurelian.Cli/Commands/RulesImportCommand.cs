using System.CommandLine;
using Aurelian.Detection;
using Aurelian.Rules;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian rules import</c>: what of a folder of others' rules is honoured here.</summary>
internal static class RulesImportCommand
{
    internal static Command Create()
    {
        Argument<string> folder = new("dir") { Description = "A folder of Sigma rules, or one file" };
        Option<string?> to = new("--to") { HelpName = "DIR", Description = "Copy the files that are honoured there" };
        Option<string> format = SharedOptions.FormatOption();
        Command command = new("import", "Reads a folder of Sigma rules; says which are honoured, and why not.")
        {
            folder, to, format,
        };
        command.SetAction(parsed =>
        {
            (RuleFolder read, IReadOnlyList<string> mistakes) =
                RuleFolder.Read(parsed.GetValue(folder)!, SigmaTrust.Suspects);
            if (mistakes.Count > 0)
            {
                return BadInput.Say(mistakes);
            }

            SigmaRules rules = SigmaRules.Read(read.Rules);
            if (parsed.GetValue(format) == SharedOptions.FormatJson)
            {
                RulesJson.WriteImport(rules, Console.OpenStandardOutput());
            }
            else
            {
                RulesText.WriteImport(rules, parsed.GetValue(folder)!, Console.Out);
            }

            Copy(rules, parsed.GetValue(folder)!, parsed.GetValue(to));
            return rules.Rules.Count == 0 ? ExitCodes.BadInput
                : rules.Refusals.Count > 0 ? ExitCodes.Refused : ExitCodes.Done;
        });
        return command.Teach("""
            Changes nothing, unless --to names a folder. Name the folder in 'run --rules DIR', 'replay --rules DIR' or a
            policy ([run] rules = ["DIR"]) to have its rules looked for; those that are refused are left out there, too.

            Refused by name: log sources that no fact is made from (service: sshd, syslog …; product: windows), records
            of auditd other than EXECVE, SYSCALL and PATH, fields that no fact has, placeholders, look-around in regular
            expressions, Sigma 1's counts. docs/DETECTION.md has the whole table.

            Exit code 0: all are honoured; 6: some are refused; 2: none is honoured, or the folder cannot be read.
            """);
    }

    /// <summary>Files of which every rule is honoured, by their places beneath the folder.</summary>
    private static void Copy(SigmaRules rules, string from, string? to)
    {
        if (to is null)
        {
            return;
        }

        HashSet<string> refused = [.. rules.Refusals.Select(each => each.File)];
        foreach (string file in rules.Rules.Select(rule => rule.File).Distinct().Where(each => !refused.Contains(each)))
        {
            string place = Path.Combine(to, Directory.Exists(from) ? Path.GetRelativePath(from, file)
                : Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place, overwrite: true);
        }
    }
}
