using System.Globalization;
using Aurelian.Training.Jobs;
using Aurelian.Training.WarmUp;

namespace Aurelian.Training.Commands;

/// <summary>A job's plan for people: what would be run, and about how long it takes.</summary>
internal static class DryRun
{
    /// <summary>Measured on two cores: an episode of two calls with its grading in recycled sandboxes.</summary>
    private const double EpisodeSeconds = 0.16;

    /// <summary>Measured on the model of examples/rome.toml: one warm-start step of 24 demonstrations.</summary>
    private const double WarmStepSeconds = 0.15;

    internal static void Write(IReadOnlyList<TrainingJob> arms, int seeds, TextWriter output)
    {
        double total = 0;
        foreach (TrainingJob job in arms)
        {
            AlgorithmSettings algorithm = job.Algorithm;
            int perStep = algorithm.TasksPerStep * algorithm.Group;
            int evaluations = 1 + (algorithm.Steps / job.Report.EvaluateEvery);
            int episodes = (algorithm.Steps * perStep)
                + (evaluations * job.HeldOutTasks.Count * job.Report.EvaluateSamples);
            double seconds = episodes * EpisodeSeconds;
            total += seconds;
            Tell(job, episodes, seconds, output);
        }

        double warm = arms[0].WarmStart.Steps * WarmStepSeconds;
        int demonstrations = WarmStart.Choose(arms[0].WarmStart).Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"warm start    {demonstrations} demonstrations, ")
            + string.Create(CultureInfo.InvariantCulture, $"{arms[0].WarmStart.Steps} steps, {warm / 60:0.0} min"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"memory        about {arms.Max(JobMemory.Bytes) / (double)(1 << 20):N0} MiB beside the sandboxes"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"in all        {seeds} seed(s), about {seeds * (total + warm) / 60:0} min where nothing is memoised"));
    }

    private static string Engine(TrainingJob job) => job.Tinker is not { } tinker
        ? $"built-in: all weights, in this process, on {(job.Model.OnGpu ? "cuda" : "cpu")}"
        : $"tinker: {tinker.BaseModel} at {tinker.Url}, "
            + (tinker.Rank == 0 ? "all weights" : FormattableString.Invariant($"LoRA of rank {tinker.Rank}"))
            + "\n              [model] is not used; no router loss; times below leave the server's out";

    private static void Tell(TrainingJob job, int episodes, double seconds, TextWriter output)
    {
        AlgorithmSettings algorithm = job.Algorithm;
        string reward = job.Reward.PoolCredits ? "tests, and credit by an outside pool (the planted flaw)" : "tests";
        string firewall = job.Sandbox.Policy is { } policy ? Path.GetFileName(policy) : "nothing allowed";
        string containment = job.Sandbox.Contains ? "contains" : "observes only";
        string rollouts = job.Sandbox.Memoised ? "memoised" : "all live";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            arm {(job.Arm.Length > 0 ? job.Arm : job.Name)}
              engine      {Engine(job)}
              tasks       {job.TrainTasks.Count} to train on, {job.HeldOutTasks.Count} held out
              algorithm   {algorithm.Name}, {algorithm.Steps} steps of {algorithm.TasksPerStep} × {algorithm.Group}
              reward      {reward}
              firewall    {firewall}; upstream {job.Sandbox.Upstream}; {containment}
              gate        {(job.Verdicts.Gate ? "on" : "off")}
              episodes    {episodes} ({rollouts}), about {seconds / 60:0} min on two cores
            """));
    }
}
