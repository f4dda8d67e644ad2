using System.Globalization;
using Aurelian.Training.Engines;
using Aurelian.Training.Experiments;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Native;
using Aurelian.Training.Recording;

namespace Aurelian.Training.Commands;

/// <param name="Job">Null where a run is resumed or rolled back.</param>
internal sealed record TrainRequest(
    string? Job, bool DryRun, int Seeds, IReadOnlyList<string> Arms, bool Memoised, string? Memo, int Check,
    string? Resume, string? Rollback, string Runs);

/// <summary><c>train</c>.</summary>
internal static class TrainAction
{
    private const string PlanFile = "plan.json";

    internal static async Task<int> RunAsync(
        TrainRequest request, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.Rollback is { } tainted)
        {
            return await RollBackAsync(tainted, request, output, time, cancellationToken).ConfigureAwait(false);
        }

        string? folder = request.Resume;
        TrainPlan plan = folder is null
            ? new TrainPlan(
                Path.GetFullPath(request.Job!), request.Seeds, [.. request.Arms], request.Memoised, request.Memo)
            : TrainPlan.Read(Path.Combine(folder, PlanFile));
        TrainingJob[] arms = Choose(JobReader.Read(plan.Job), plan);
        JobMemory.Require(arms);
        if (request.DryRun)
        {
            DryRun.Write(arms, plan.Seeds, output);
            return ExitCodes.Done;
        }

        TorchLibrary.Load(threads: 1);
        foreach (TrainingJob job in arms)
        {
            // Before there is a folder: a GPU that is not there is bad input.
            _ = EngineChoice.DeviceOf(job);
        }

        folder ??= NewFolder(request.Runs, time);
        plan.Write(Path.Combine(folder, PlanFile));
        int[] seeds = [.. Enumerable.Range(arms[0].Seed, plan.Seeds)];
        return await GoOnLaterAsync($"--resume {folder}", async () =>
        {
            // Curves for a person at a terminal, lines for a log.
            await (Console.IsOutputRedirected
                ? TrainAsync(new PlainView(output))
                : LiveView.RunAsync(Spectre.Console.AnsiConsole.Console, TrainAsync)).ConfigureAwait(false);
            TrainingReport.WriteTable(folder, output);
            output.WriteLine(TrainingReport.Write(folder));
            return ExitCodes.Done;
        }).ConfigureAwait(false);

        async Task<int> TrainAsync(ITrainingView view)
        {
            Experiment experiment = new(arms, folder, plan.Memo ?? folder, request.Runs, view, time);
            await experiment.RunAsync(seeds, cancellationToken).ConfigureAwait(false);
            await experiment.CheckAsync(request.Check, cancellationToken).ConfigureAwait(false);
            return seeds.Length;
        }
    }

    /// <summary>Says what broke, and how the run goes on from its last checkpoints.</summary>
    private static async Task<int> GoOnLaterAsync(string how, Func<Task<int>> train)
    {
        int code = await Failures.ReportAsync(train).ConfigureAwait(false);
        return code == ExitCodes.Broken
            ? Failures.Say(code, $"the last checkpoints stand; go on with: aurelian train {how}")
            : code;
    }

    private static TrainingJob[] Choose(IReadOnlyList<TrainingJob> jobs, TrainPlan plan)
    {
        string[] unknown = [.. plan.Arms.Where(arm => jobs.All(job => job.Arm != arm))];
        if (unknown.Length > 0)
        {
            throw TrainingException.BadInput(unknown.Select(arm =>
                $"--arm {arm}: the job has {string.Join(", ", jobs.Select(job => job.Arm))}"));
        }

        return [.. jobs.Where(job => plan.Arms.Count == 0 ? !job.Optional : plan.Arms.Contains(job.Arm))
            .Select(job => plan.Memoised ? job with { Sandbox = job.Sandbox with { Memoised = true } } : job)];
    }

    /// <summary>
    /// Arms whose updates a late verdict has tainted: each back to its last checkpoint before them, and on.
    /// </summary>
    /// <param name="folder">A run's, or one arm's.</param>
    private static async Task<int> RollBackAsync(
        string folder, TrainRequest request, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        string[] arms = ArmFolder.Read(folder) is not null ? [folder]
            : Directory.Exists(folder) ? [.. TrainingReport.FindArms(folder).Values.SelectMany(each => each)] : [];
        if (arms.Length == 0)
        {
            throw TrainingException.BadInput(
                $"{folder} is no training run: name RUN, or one arm of it, RUN/seed-N/ARM");
        }

        (string Folder, TrainingJob Job, int Update)[] tainted = [.. arms
            .Select(arm => (arm, ArmFolder.Read(arm)!, FirstTainted(arm))).Where(each => each.Item3 is not null)
            .Select(each => (each.arm, each.Item2.ReadJob(), each.Item3!.Value))];
        if (tainted.Length == 0)
        {
            output.WriteLine("no update of this run is tainted; nothing was changed");
            return ExitCodes.Done;
        }

        JobMemory.Require(tainted.Select(each => each.Job));
        TorchLibrary.Load(threads: 1);
        string run = Path.GetFullPath(Path.Combine(tainted[0].Folder, "..", ".."));
        return await GoOnLaterAsync($"--resume {run}", async () =>
        {
            foreach ((string arm, TrainingJob job, int update) in tainted)
            {
                int step = Rollback.To(arm, update);
                ArmFolder.MarkOpen(arm);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{arm}: update {update} is the first tainted one; going on after step {step}"));
            }

            foreach ((string arm, TrainingJob job, _) in tainted)
            {
                await GoOnAsync(arm, job).ConfigureAwait(false);
            }

            output.WriteLine(TrainingReport.Write(run));
            return ExitCodes.Done;
        }).ConfigureAwait(false);

        Task GoOnAsync(string arm, TrainingJob job)
        {
            // As the run was asked for: what it answered from a record, it answers from the record again.
            TrainPlan plan = TrainPlan.Read(Path.Combine(run, PlanFile));
            TrainingJob asked = job with
            {
                Sandbox = job.Sandbox with { Memoised = job.Sandbox.Memoised || plan.Memoised },
            };
            return new Experiment([asked], run, plan.Memo ?? run, request.Runs, new PlainView(output), time)
                .RunArmAsync(asked, arm, cancellationToken);
        }
    }

    private static int? FirstTainted(string arm)
    {
        using TaintLedger ledger = TaintLedger.Open(arm);
        return ledger.TaintedUpdates is [int update, ..] ? update : null;
    }

    private static string NewFolder(string runs, TimeProvider time)
    {
        string stamp = time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string folder = Path.Combine(runs, $"train-{stamp}");
        for (int number = 2; Directory.Exists(folder); number++)
        {
            folder = Path.Combine(runs, $"train-{stamp}-{number}");
        }

        Directory.CreateDirectory(folder);
        return Path.GetFullPath(folder);
    }
}
