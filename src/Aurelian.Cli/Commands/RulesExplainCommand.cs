using System.CommandLine;
using Aurelian.Detection;
using Aurelian.Rules;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian rules explain</c>.</summary>
internal static class RulesExplainCommand
{
    internal static Command Create()
    {
        Argument<string> name = new("rule") { Description = "A rule's name, id, title or file; a detector's name" };
        Option<string[]> rules = SharedOptions.RulesOption();
        Command command = new("explain", "Says what a rule asks, what its finding does, and what to do then.")
        {
            name, rules,
        };
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetValue(name)!;
            // A file needs no option: it is what is to be explained.
            bool isFile = File.Exists(wanted);
            (SigmaRules? loaded, IReadOnlyList<string> mistakes) = RuleSets.Load(
                [.. parsed.GetValue(rules) ?? [], .. isFile ? new[] { wanted } : []], contain: false);
            if (loaded is null)
            {
                return BadInput.Say(mistakes);
            }

            SigmaRule[] found = [.. loaded.Rules.Where(rule => isFile ? rule.File == wanted
                : new[] { rule.Name, rule.Id, rule.Title }.Contains(wanted, StringComparer.OrdinalIgnoreCase))];
            SigmaRefusal[] refused = [.. loaded.Refusals.Where(each => isFile ? each.File == wanted
                : each.Rule.Equals(wanted, StringComparison.OrdinalIgnoreCase)
                    || Path.GetFileNameWithoutExtension(each.File) == wanted)];
            foreach (SigmaRule rule in found)
            {
                RulesText.WriteExplanation(rule, Console.Out);
            }

            foreach (SigmaRefusal each in refused)
            {
                Console.Out.WriteLine(TerminalText.Safe($"{each.Rule} is not honoured: {each.Reason}"));
            }

            return found.Length + refused.Length > 0 ? ExitCodes.Done
                : DetectorNotes.Find(wanted) is { } note ? RulesText.WriteExplanation(note, Console.Out)
                : BadInput.Say($"rules explain: no rule and no detector is called '{wanted}'; "
                    + "'aurelian rules list' names them, and --rules DIR adds yours");
        });
        return command.Teach("""
            Examples:
              aurelian rules explain reverse-shell-dev-tcp
              aurelian rules explain mining-stratum
              aurelian rules explain my-rules/paste.yml
            """);
    }
}
