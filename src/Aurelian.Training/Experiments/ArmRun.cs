using Aurelian.Episodes;
using Aurelian.Simulation;
using Aurelian.Training.Engines;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Experiments;

/// <summary>One arm of one seed: a model from its warm start, sandboxes under its policy, and a trainer.</summary>
internal static class ArmRun
{
    /// <summary>One hash a share: the miniature measures what is credited, and nobody's patience.</summary>
    private const uint ShareDifficulty = 1;

    /// <param name="folder">The arm's; a run that was broken off there goes on.</param>
    /// <param name="memo">Null: every command is run in a sandbox.</param>
    internal static async Task RunAsync(
        TrainingJob job, string folder, string runs, OutcomeMemo? memo, ITrainingView view, TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArmFolder arm = ArmFolder.Read(folder)
            ?? throw TrainingException.BadInput($"{folder} has no arm.json: it is no arm of a training run");
        await using IEngine engine = await EngineChoice.LoadAsync(job, arm.WarmStart, time, cancellationToken)
            .ConfigureAwait(false);
        ChatFrame frame = new(engine.Tokens);
        await using IEpisodeSource episodes = await OpenAsync(job, runs, memo, view, time, cancellationToken)
            .ConfigureAwait(false);
        using Trainer trainer = new(
            job, folder, engine, new PlayedRollouts(job, frame, engine.Sampler, episodes), view, time);
        int steps = await trainer.RunAsync(cancellationToken).ConfigureAwait(false);
        await engine.SaveModelAsync(Path.Combine(folder, "model"), cancellationToken).ConfigureAwait(false);
        ArmFolder.MarkDone(folder, steps);
    }

    internal static async Task<IEpisodeSource> OpenAsync(
        TrainingJob job, string runs, OutcomeMemo? memo, ITrainingView view, TimeProvider time,
        CancellationToken cancellationToken)
    {
        WatchedSession session = await WatchedSession.OpenAsync(
            new RunConfig
            {
                RunsFolder = runs,
                PolicyFile = job.Sandbox.Policy,
                Upstream = job.Sandbox.Upstream,
                Contains = job.Sandbox.Contains,
                Simulation = new SimulationConfig { ShareDifficulty = ShareDifficulty, Ssh = false },
                Timeout = TimeSpan.FromMinutes(1),
                Episodes = [],
            },
            new SessionObserver(view.Say), time, cancellationToken).ConfigureAwait(false);
        view.Say($"watched by {session.Folder}");
        LiveEpisodes live = new(session, job.Sandbox.Parallel);
        return memo is null ? live : new MemoisedEpisodes(live, memo);
    }
}
