using System.CommandLine;
using System.Globalization;
using Aurelian.Episodes;

namespace Aurelian.Cli.Commands;

/// <summary>Options that <c>run</c> and <c>quickstart</c> share.</summary>
internal sealed class SharedOptions
{
    internal const string FormatText = "text";
    internal const string FormatJson = "json";

    internal Option<string?> Policy { get; } = new("--policy")
    {
        HelpName = "FILE",
        Description = "Firewall policy (TOML); without it nothing is allowed",
    };

    internal Option<string> Upstream { get; } = new("--upstream")
    {
        HelpName = "WHERE",
        Description =
            "Where allowed bytes go: none, simulated (our own internet), host (needs a policy that names hosts)",
        DefaultValueFactory = _ => "none",
    };

    internal Option<string?> Pools { get; } = PoolsOption();

    internal Option<string[]> Rules { get; } = RulesOption();

    internal Option<bool> RulesContain { get; } = RulesContainOption();

    internal Option<double> Timeout { get; } =
        SecondsOption("--timeout", "Seconds that an episode may take", standard: 3600, least: 0.1);

    internal Option<string> Runs { get; } = RunsOption();

    internal Option<string> Format { get; } = FormatOption();

    internal static Option<double> SecondsOption(string name, string description, double standard, double least)
    {
        const double most = 7 * 24 * 3600;
        Option<double> option = new(name)
        {
            HelpName = "S",
            Description = description,
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            // What is no number at all has the parser's own error; NaN is a number to it.
            if (result.Tokens is [{ Value: string text }]
                && double.TryParse(text, CultureInfo.InvariantCulture, out double given)
                && !(given >= least && given <= most))
            {
                result.AddError(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: give seconds from {least} to {most} (a week)"));
            }
        });
        return option;
    }

    internal static Option<string?> PoolsOption() => new("--pools")
    {
        HelpName = "FILE",
        Description = "Names and addresses of mining pools, dated; default: our own list",
    };

    internal static Option<string[]> RulesOption() => new("--rules")
    {
        HelpName = "DIR",
        Description = "Sigma rules of your own beside ours; may be repeated ('aurelian rules --help')",
        DefaultValueFactory = _ => [],
    };

    internal static Option<bool> RulesContainOption() => new("--rules-contain")
    {
        Description = "Your rules' level high makes a finding high, which contains; without it medium at most",
    };

    internal static Option<string> RunsOption() => new("--runs")
    {
        HelpName = "DIR",
        Description = "Folder of run folders",
        DefaultValueFactory = _ => "runs",
    };

    internal static Option<string> FormatOption()
    {
        Option<string> format = new("--format")
        {
            HelpName = "text|json",
            Description = "json: one object on standard output, people's text on standard error",
            DefaultValueFactory = _ => FormatText,
        };
        format.AcceptOnlyFromAmong(FormatText, FormatJson);
        return format;
    }

    internal void AddTo(Command command)
    {
        command.Add(Policy);
        command.Add(Upstream);
        command.Add(Timeout);
        command.Add(Pools);
        command.Add(Rules);
        command.Add(RulesContain);
        command.Add(Runs);
        command.Add(Format);
    }

    internal RunConfig ToConfig(ParseResult parsed) => new()
    {
        RunsFolder = parsed.GetValue(Runs)!,
        PolicyFile = parsed.GetValue(Policy),
        PoolsFile = parsed.GetValue(Pools),
        RuleFolders = parsed.GetValue(Rules) ?? [],
        RulesContain = parsed.GetValue(RulesContain),
        Upstream = parsed.GetValue(Upstream)!,
        Timeout = TimeSpan.FromSeconds(parsed.GetValue(Timeout)),
        Episodes = [],
    };
}
