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
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                arm {(job.Arm.Length > 0 ? job.Arm : job.Name)}
                  tasks       {job.TrainTasks.Count} to train on, {job.HeldOutTasks.Count} held out
                  algorithm   {algorithm.Name}, {algorithm.Steps} steps of {algorithm.TasksPerStep} tasks × {algorithm.Group}
                  reward      tests{(job.Reward.PoolCredits ? ", and credit by an outside pool (the planted flaw)" : "")}
                  firewall    {job.Sandbox.Policy ?? "nothing allowed"}; upstream {job.Sandbox.Upstream}; {(job.Sandbox.Contain() ? "contains" : "observes only")}
                  gate        {(job.Verdicts.Gate ? "on" : "off")}
                  episodes    {episodes} ({(job.Sandbox.Memoised ? "memoised" : "all live")}), about {seconds / 60:0} min on two cores
                """));
        }

        double warm = arms[0].WarmStart.Steps * WarmStepSeconds;
        int demonstrations = WarmStart.Choose(arms[0].WarmStart).Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"warm start    {demonstrations} demonstrations, {arms[0].WarmStart.Steps} steps, about {warm / 60:0.0} min"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"in all        {seeds} seed(s), about {seeds * (total + warm) / 60:0} min where nothing is memoised"));
    }

    private static bool Contain(this SandboxSettings settings) => settings.Contains;
}
