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
        if (request.DryRun)
        {
            DryRun.Write(arms, plan.Seeds, output);
            return ExitCodes.Done;
        }

        JobMemory.Require(arms);
        TorchLibrary.Load(threads: 1);
        foreach (TrainingJob job in arms)
        {
            // Before there is a folder: a GPU that is not there is bad input.
            _ = EngineChoice.DeviceOf(job);
        }

        folder ??= NewFolder(request.Runs, time);
        plan.Write(Path.Combine(folder, PlanFile));
        int[] seeds = [.. Enumerable.Range(arms[0].Seed, plan.Seeds)];
        // Curves for a person at a terminal, lines for a log.
        await (Console.IsOutputRedirected
            ? TrainAsync(new PlainView(output))
            : LiveView.RunAsync(Spectre.Console.AnsiConsole.Console, TrainAsync)).ConfigureAwait(false);
        TrainingReport.WriteTable(folder, output);
        output.WriteLine(TrainingReport.Write(folder));
        return ExitCodes.Done;

        async Task<int> TrainAsync(ITrainingView view)
        {
            Experiment experiment = new(arms, folder, plan.Memo ?? folder, request.Runs, view, time);
            await experiment.RunAsync(seeds, cancellationToken).ConfigureAwait(false);
            await experiment.CheckAsync(request.Check, cancellationToken).ConfigureAwait(false);
            return seeds.Length;
        }
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

    /// <summary>One arm, back to its last checkpoint before the first tainted update, and on from there.</summary>
    private static async Task<int> RollBackAsync(
        string folder, TrainRequest request, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        ArmFolder arm = ArmFolder.Read(folder) ?? throw TrainingException.BadInput(
            $"{folder} is no arm of a training run: name RUN/seed-N/ARM");
        TrainingJob job = arm.ReadJob();
        int? first;
        using (TaintLedger ledger = TaintLedger.Open(folder))
        {
            first = ledger.TaintedUpdates is [int update, ..] ? update : null;
        }

        if (first is not { } tainted)
        {
            output.WriteLine("no update of this run is tainted; nothing was changed");
            return ExitCodes.Done;
        }

        int step = Rollback.To(folder, tainted);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"update {tainted} is the first tainted one; going on after step {step}"));
        TorchLibrary.Load(threads: 1);
        ArmFolder.MarkOpen(folder);
        // As the run was asked for: what it answered from a record, it answers from the record again.
        string run = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        TrainPlan plan = TrainPlan.Read(Path.Combine(run, PlanFile));
        job = job with { Sandbox = job.Sandbox with { Memoised = job.Sandbox.Memoised || plan.Memoised } };
        await new Experiment([job], run, plan.Memo ?? run, request.Runs, new PlainView(output), time)
            .RunArmAsync(job, folder, cancellationToken).ConfigureAwait(false);
        return ExitCodes.Done;
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
