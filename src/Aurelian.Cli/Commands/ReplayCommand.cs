using System.CommandLine;
using System.Diagnostics;
using Aurelian.Detection;
using Aurelian.Episodes;
using Aurelian.Investigation;
using Aurelian.Readers;
using Aurelian.Rules;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian replay</c>: the live detectors on files.</summary>
internal static class ReplayCommand
{
    internal static Command Create()
    {
        Argument<string[]> files = new("files")
        {
            Description = "Captures, logs, trajectories, traces, run folders; folders of them; '-' is standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> format = new("--format")
        {
            HelpName = "text|json",
            Description = "json: a finding a line on standard output, the last line is the summary",
            DefaultValueFactory = _ => SharedOptions.FormatText,
        };
        format.AcceptOnlyFromAmong(SharedOptions.FormatText, SharedOptions.FormatJson);
        Command command = new("replay", "Reads other tools' files with the live detectors. Needs no root.")
        {
            files, format,
        };
        Option<string?> pools = SharedOptions.PoolsOption();
        Option<string[]> rules = SharedOptions.RulesOption();
        Option<bool> contain = SharedOptions.RulesContainOption();
        command.Add(pools);
        command.Add(rules);
        command.Add(contain);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Execute(
            parsed.GetValue(files)!, parsed.GetValue(pools),
            RuleSets.Load(parsed.GetValue(rules) ?? [], parsed.GetValue(contain)),
            parsed.GetValue(format) == SharedOptions.FormatJson, cancellationToken)));
        return command.Teach("""
            Captures, firewall and sensor logs, agents' trajectories, traces and our own runs, with the detectors that
            watch a live run. Formats are known by their content; gzip and Zstandard are unpacked.

            Examples:
              aurelian replay capture.pcap eve.json conn.log
              aurelian replay runs/20260115-101500 --format json
              aurelian replay audit.log --rules my-rules/
            """);
    }

    private static int Execute(
        string[] files, string? pools, (SigmaRules? Rules, IReadOnlyList<string> Mistakes) rules, bool json,
        CancellationToken cancellationToken)
    {
        string[] missing = [.. files.Where(file => file != "-" && !File.Exists(file) && !Directory.Exists(file))];
        if (missing.Length > 0)
        {
            return BadInput.Say(missing.Select(file => $"{file}: there is no such file or folder."));
        }

        (PoolList? list, IReadOnlyList<string> mistakes) = pools is null ? (null, []) : PoolFile.Load(pools);
        if (mistakes.Count > 0 || rules.Rules is null)
        {
            return BadInput.Say(mistakes.Concat(rules.Mistakes));
        }

        if (RuleSets.Warning(rules.Rules) is { } refused)
        {
            Console.Error.WriteLine($"aurelian: {TerminalText.Safe(refused)}");
        }

        long start = Stopwatch.GetTimestamp();
        ReplaySession session;
        try
        {
            session = ReplaySession.Open(files.SelectMany(SourceFile.Expand), DetectorSet.Standard(list, rules.Rules));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return BadInput.Say(exception.Message);
        }

        using (session)
        using (BufferedStream output = new(Console.OpenStandardOutput(), 64 * 1024))
        {
            ReplayMemory memory = new();
            foreach (ReplayFinding found in OrderedFindings.ByTime(
                session.Read(cancellationToken, (_, _, _) => memory.Watch())))
            {
                if (json)
                {
                    ReplayJson.WriteFinding(found, output);
                }
                else
                {
                    ReplayText.WriteFinding(found, Console.Out);
                }
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (json)
            {
                ReplayJson.WriteSummary(session, seconds, output);
            }
            else
            {
                ReplayText.WriteSummary(session, seconds, Console.Out);
            }
        }

        return ExitCodes.Done;
    }
}
