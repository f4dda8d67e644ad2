using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.Cli.Commands;

/// <summary>Plans and runs what <c>run</c> was asked for; its output and exit code.</summary>
internal static class RunAction
{
    internal static async Task<int> ExecuteAsync(
        RunConfig config, string format, CancellationToken cancellationToken)
    {
        TimeProvider time = TimeProvider.System;
        (RunPlan? plan, IReadOnlyList<string> mistakes) = RunPlanner.Plan(config);
        if (plan is null)
        {
            return BadInput.Say(mistakes);
        }

        bool json = format == SharedOptions.FormatJson;
        CommandObserver observer = new(passOutput: plan.IsCommand, json);
        RunSummary summary = await WatchedRun.ExecuteAsync(plan, observer, time, cancellationToken)
            .ConfigureAwait(false);
        if (json)
        {
            await SummaryJson.WriteAsync(summary, Console.OpenStandardOutput(), cancellationToken)
                .ConfigureAwait(false);
        }

        ClosingText.Write(summary, Console.Error);
        return observer.LostResult ? ExitCodes.Broken : ExitCode(summary);
    }

    /// <summary>The first that applies, gravest first.</summary>
    internal static int ExitCode(RunSummary summary)
    {
        HashSet<VerdictState> states = [.. summary.Episodes.Select(episode => episode.Verdict.State)];
        return states.Contains(VerdictState.Violating) ? ExitCodes.Violating
            : states.Contains(VerdictState.Suspect) ? ExitCodes.Suspect
            : states.Contains(VerdictState.Unknown) ? ExitCodes.Unknown
            : ExitCodes.Done;
    }
}
