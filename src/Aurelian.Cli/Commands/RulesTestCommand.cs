using System.CommandLine;
using Aurelian.Detection;
using Aurelian.Rules;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian rules test</c>.</summary>
internal static class RulesTestCommand
{
    internal static Command Create()
    {
        Argument<string?> folder = new("dir")
        {
            Description = "A folder of rules and their tests; without it our own",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> format = SharedOptions.FormatOption();
        Command command = new("test", "Tries rules on events that must fire and on look-alikes that must not.")
        {
            folder, format,
        };
        command.SetAction(parsed =>
        {
            (RuleFolder rules, IReadOnlyList<string> mistakes) = parsed.GetValue(folder) is { } path
                ? RuleFolder.Read(path, SigmaTrust.Suspects) : (RuleFolder.Ours, []);
            if (mistakes.Count > 0)
            {
                return BadInput.Say(mistakes);
            }

            IReadOnlyList<SigmaRefusal> refusals = SigmaRules.Read(rules.Rules).Refusals;
            IReadOnlyList<RuleTestResult> results = RuleTests.Run(rules);
            if (parsed.GetValue(format) == SharedOptions.FormatJson)
            {
                RulesJson.WriteTests(results, RuleTests.Untested(rules), refusals, Console.OpenStandardOutput());
            }
            else
            {
                RulesText.WriteTests(results, RuleTests.Untested(rules), refusals, Console.Out);
            }

            return results.Any(each => !each.Passed) ? ExitCodes.Broken
                : refusals.Count > 0 ? ExitCodes.Refused : ExitCodes.Done;
        });
        return command.Teach("""
            Beside NAME.yml lies NAME.test.yml with cases under 'fires' and 'quiet'; each has 'what' and 'events'. An
            event is one of
              exec: COMMAND        a command line, or a list of its words; with image, folder, user, pid, parent
              connect: ADDR:PORT   with name (the host's), transport, pid
              dns: NAME            with type, answer, pid
              write: PATH          with pid
            and 'after: S' lets seconds pass before it.

            Exit code 0: every case passed and every rule is honoured; 1: a case failed; 6: a rule was refused;
            2: the folder cannot be read.
            """);
    }
}
