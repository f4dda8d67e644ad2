using System.CommandLine;
using System.Globalization;
using Aurelian.Investigation.Simulate;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian investigate simulate</c>: a case with known truth.</summary>
internal static class SimulateCommand
{
    internal static Command Create()
    {
        Option<int> seed = new("--seed")
        {
            HelpName = "N", Description = "Same seed and setting, same files", DefaultValueFactory = _ => 1,
        };
        Option<string> setting = new("--setting")
        {
            HelpName = "NAME", Description = "What the case is like; --list names them", DefaultValueFactory = _ =>
                "rome64",
        };
        Option<string?> output = new("--out") { HelpName = "DIR", Description = "Where the case's files go" };
        Option<bool> list = new("--list") { Description = "List the settings" };
        Command command = new("simulate", "Makes a case with known truth, to judge an answer by. Needs no root.")
        {
            seed, setting, output, list,
        };
        command.SetAction(parsed => parsed.GetValue(list) ? List()
            : Execute(parsed.GetValue(setting)!, parsed.GetValue(seed), parsed.GetValue(output)));
        return command.Teach("""
            Writes alerts.json, traces.jsonl and truth.json (some settings also conntrack.log), and prints how much of
            the truth was knowable: the share of culprit alerts whose call an oracle with the true clock, rates, lags
            and culprits puts first. Everything in it is made up.

            Examples:
              aurelian investigate simulate --seed 7 --setting rome64 --out case/
              aurelian investigate --firewall case/alerts.json --traces case/traces.jsonl
            """);
    }

    private static int List()
    {
        foreach (SimulationSetting each in SimulationSetting.All.Values.OrderBy(one => one.Name,
            StringComparer.Ordinal))
        {
            string culprits = each.Culprits switch
            {
                0 => "no culprit", 1 => "one culprit", int count => $"{count} culprits",
            };
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{each.Name,-10} {each.Concurrency,3} at once, {each.Episodes} episodes, {culprits}"));
        }

        return ExitCodes.Done;
    }

    private static int Execute(string name, int seed, string? folder)
    {
        if (!SimulationSetting.All.TryGetValue(name, out SimulationSetting? setting))
        {
            return BadInput.Say($"--setting: '{name}' is none; there are "
                + string.Join(", ", SimulationSetting.All.Keys.Order(StringComparer.Ordinal)));
        }

        if (folder is null)
        {
            return BadInput.Say("--out is missing: name the folder for the case's files.");
        }

        SimulatedCase made = CaseSimulator.Make(setting, seed);
        CaseFolder.Write(made, folder);
        int culprits = made.Truth.Alerts.Count(cause => cause.Call is not null);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{folder}: {made.Case.Calls.Count} calls, {made.Case.Alerts.Count} alerts, "
            + $"{culprits} of them by culprits"));
        if (Oracle.ShareOf(made) is { } share)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"knowable: with everything else known, the true call comes first for {share * 100:0.0} % of the "
                + $"culprits' alerts"));
        }

        return ExitCodes.Done;
    }
}
