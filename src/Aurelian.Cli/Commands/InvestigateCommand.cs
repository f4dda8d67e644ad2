using System.CommandLine;
using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Explaining;
using Aurelian.Investigation.Following;
using Aurelian.Investigation.Loading;
using Aurelian.Investigation.Reporting;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian investigate</c>: which run, episode and tool call set off the firewall?</summary>
internal static class InvestigateCommand
{
    internal static Command Create()
    {
        InvestigateOptions options = new();
        Command command = new("investigate", "Finds the tool calls that set off a firewall. Files in, no root.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            Task.FromResult(Execute(options, parsed, cancellationToken)));
        return command.Teach("""
            A firewall knows an address and a second; thousands of episodes ran behind that address, and the clocks
            disagree. Lays the firewall's alerts beside the traces' tool calls, estimates the clocks' offset and drift,
            and says which tasks, commands and calls coincide with alerts more than chance allows, and how sure that is.
            Where a conntrack or NAT log joins them, the answer is exact.

            Prints what was read, the clock, what coincides, the likely call of each alert, and which missing log would
            settle the rest. Formats are known by content; gzip and Zstandard are unpacked; '-' is standard input.

            Examples:
              aurelian investigate --firewall alerts.json --traces traces.jsonl
              aurelian investigate --firewall alerts.json --traces traces.jsonl --flows conntrack.log --report case.html
              aurelian investigate --firewall eve.json --traces spans.pb --format json > answer.json
              aurelian investigate --firewall alerts.csv --firewall-zone +08:00 --columns time=Time,type=Threat \
                                   --traces calls.csv

            Exit codes: 0 answered (also 'cannot tell'), 2 refused: bad input or options, with the remedy, 1 broken
            machinery. docs/INVESTIGATE.md has the formats, the method and how good it is.
            """);
    }

    private static int Execute(InvestigateOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        bool json = parsed.GetValue(options.Format) == SharedOptions.FormatJson;
        if (options.FilesOf(parsed, out CaseLoad.Refused? mistake) is not { } files)
        {
            return Refuse(mistake!, json);
        }

        InvestigateProgress progress = new(Console.Error, Consoles.IsTerminal(Console.Error));
        CaseLoad load;
        try
        {
            load = CaseLoader.Load(files, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Refuse(new CaseLoad.Refused(
                "file-unreadable", null, null, exception.Message, "check the file and its rights"), json);
        }

        if (load is CaseLoad.Refused refused)
        {
            progress.End();
            return Refuse(refused, json);
        }

        CaseLoad.Loaded loaded = (CaseLoad.Loaded)load;
        InvestigationAnswer answer = Investigator.Investigate(loaded.Case, options.Settings(parsed), progress);
        cancellationToken.ThrowIfCancellationRequested();
        progress.Report(new InvestigationProgress("reading the suspects' commands", 0));
        SolvedCase solved = new(loaded.Case, answer, SuspectList.Of(loaded.Case, answer), loaded.HostFindings)
        {
            ShowSecrets = parsed.GetValue(options.ShowSecrets),
        };
        progress.End();
        return Print(solved, options, parsed, json);
    }

    private static int Print(SolvedCase solved, InvestigateOptions options, ParseResult parsed, bool json)
    {
        if (json)
        {
            using BufferedStream output = new(Console.OpenStandardOutput(), 64 * 1024);
            InvestigateJson.Write(solved, output);
        }
        else
        {
            InvestigateText.Write(solved, Console.Out);
        }

        TextWriter told = json ? Console.Error : Console.Out;
        if (parsed.GetValue(options.Report) is { } report)
        {
            using (StreamWriter writer = new(report))
            {
                CasePage.Write(solved, writer);
            }

            told.WriteLine(report);
        }

        if (parsed.GetValue(options.Verdicts) is { } verdicts)
        {
            using (FileStream stream = File.Create(verdicts))
            {
                CaseVerdicts.Write(solved, stream);
            }

            told.WriteLine(verdicts);
        }

        if (parsed.GetValue(options.Rules) is { } rules)
        {
            foreach (string file in ProposedRules.Write(solved, rules))
            {
                told.WriteLine(file);
            }
        }

        return ExitCodes.Done;
    }

    private static int Refuse(CaseLoad.Refused refused, bool json)
    {
        if (json)
        {
            using Stream output = Console.OpenStandardOutput();
            InvestigateJson.WriteRefusal(refused, output);
        }

        return BadInput.Say(refused.Line is { } line && !refused.Message.Contains($"line {line}",
            StringComparison.Ordinal) ? $"{refused.Message} (line {line})" : refused.Message,
            $"remedy: {refused.Remedy}");
    }
}
