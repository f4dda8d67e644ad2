using Aurelian.Training.Engines;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Rollouts;
using Aurelian.Training.WarmUp;

namespace Aurelian.Training.Experiments;

/// <summary>Every arm of a job, seed by seed. All arms of a seed start from the same warm start.</summary>
internal sealed class Experiment(
    IReadOnlyList<TrainingJob> arms, string folder, string memos, string runs, ITrainingView view, TimeProvider time)
{
    internal const string WarmStartFolder = "warm-start", MemoFile = "memo.jsonl";

    private readonly Dictionary<string, OutcomeMemo> _memos = [];

    internal async Task RunAsync(IReadOnlyList<int> seeds, CancellationToken cancellationToken)
    {
        foreach (int seed in seeds)
        {
            foreach (TrainingJob job in arms.Select(arm => arm with { Seed = seed }))
            {
                string place = Path.Combine(folder, $"seed-{seed}", job.Arm.Length > 0 ? job.Arm : "run");
                if (!ArmFolder.IsDone(place))
                {
                    string warm = await WarmUpAsync(job, Path.Combine(folder, $"seed-{seed}"), cancellationToken)
                        .ConfigureAwait(false);
                    new ArmFolder(Path.GetFullPath(job.File), job.Arm, seed, Path.GetFullPath(warm)).Write(place);
                    view.Say($"seed {seed}, arm {(job.Arm.Length > 0 ? job.Arm : job.Name)}: {place}");
                    await RunArmAsync(job, place, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    internal async Task RunArmAsync(TrainingJob job, string place, CancellationToken cancellationToken)
    {
        OutcomeMemo? memo = job.Sandbox.Memoised ? MemoOf(job) : null;
        try
        {
            await ArmRun.RunAsync(job, place, runs, memo, view, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // What was run is known, whatever came after.
            memo?.Save(MemoPath(job));
        }
    }

    /// <summary>Runs recorded commands again, for each record; says how many answer as they did.</summary>
    internal async Task CheckAsync(int count, CancellationToken cancellationToken)
    {
        foreach (TrainingJob job in arms.Where(arm => count > 0 && arm.Sandbox.Memoised)
            .DistinctBy(arm => arm.Sandbox.Policy))
        {
            Dictionary<string, Agents.TaskPlan> tasks = job.TrainTasks.Concat(job.HeldOutTasks)
                .ToDictionary(task => task.Name);
            OutcomeMemo memo = MemoOf(job);
            await using IEpisodeSource live = await ArmRun.OpenAsync(job, runs, null, view, time, cancellationToken)
                .ConfigureAwait(false);
            (int same, int tried) = await new MemoisedEpisodes(live, memo)
                .CheckAsync(tasks, count, Seeds.For(job.Seed, "check"), cancellationToken).ConfigureAwait(false);
            string said = $"{same} of {tried} recorded commands answered the same when run again "
                + $"({Path.GetFileName(MemoPath(job))}, {memo.Outputs} recorded)";
            view.Say(said);
            File.AppendAllText(Path.Combine(folder, "memo-check.txt"), said + "\n");
        }
    }

    /// <summary>The seed's starting point, made once: arms differ in what comes after it.</summary>
    private async Task<string> WarmUpAsync(TrainingJob job, string place, CancellationToken cancellationToken)
    {
        string warm = Path.Combine(place, $"{WarmStartFolder}-"
            + Path.GetFileNameWithoutExtension(job.WarmStart.Demonstrations ?? "none")
            + (job.WarmStart.WithoutAbuse ? "-without-abuse" : "") + (job.Tinker is null ? "" : "-tinker"));
        if (Directory.Exists(warm))
        {
            return warm;
        }

        view.Say($"seed {job.Seed}: warm start on demonstrations");
        await WarmFolder.MakeAsync(job, warm, view, time, cancellationToken).ConfigureAwait(false);
        return warm;
    }

    /// <summary>What a command answers hangs on the firewall too: a record for each policy.</summary>
    private OutcomeMemo MemoOf(TrainingJob job)
    {
        string file = MemoPath(job);
        if (!_memos.TryGetValue(file, out OutcomeMemo? memo))
        {
            _memos[file] = memo = new OutcomeMemo();
            memo.Load(file);
        }

        return memo;
    }

    private string MemoPath(TrainingJob job) => Path.Combine(
        memos, $"{Path.GetFileNameWithoutExtension(job.Sandbox.Policy ?? "none")}-{MemoFile}");
}
