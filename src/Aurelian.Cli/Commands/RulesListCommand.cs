using System.CommandLine;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian rules list</c>.</summary>
internal static class RulesListCommand
{
    internal static Command Create()
    {
        Option<string[]> rules = SharedOptions.RulesOption();
        Option<string> format = SharedOptions.FormatOption();
        Command command = new("list", "Lists what is looked for: built-in detectors and Sigma rules.")
        {
            rules, format,
        };
        command.SetAction(parsed =>
        {
            (Detection.SigmaRules? loaded, IReadOnlyList<string> mistakes) = RulesCommand.Load(parsed, rules);
            if (loaded is null)
            {
                return BadInput.Say(mistakes);
            }

            if (parsed.GetValue(format) == SharedOptions.FormatJson)
            {
                RulesJson.WriteList(loaded, Console.OpenStandardOutput());
            }
            else
            {
                RulesText.WriteList(loaded, Console.Out);
            }

            return ExitCodes.Done;
        });
        return command.Teach("""
            Severity is what a finding is at most: of a Sigma rule its level, of one of yours at most medium.

            Examples:
              aurelian rules list --format json
              aurelian rules list --rules my-rules/
            """);
    }
}
