using System.Reflection;
using System.Runtime.ExceptionServices;
using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Sandbox;
using Aurelian.Store;

namespace Aurelian.Episodes;

/// <summary>
/// Runs a plan: opens the stage, runs its episodes side by side, closes it, and gives the run's summary.
/// </summary>
public static class WatchedRun
{
    private static readonly TimeSpan StoreMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWordMax = TimeSpan.FromSeconds(2);

    public static async Task<RunSummary> ExecuteAsync(
        RunPlan plan, IRunObserver observer, TimeProvider time, CancellationToken cancellationToken)
    {
        // The command line listens for Ctrl-C and SIGTERM once its action has yielded, and not before.
        await Task.Yield();
        if (!Environment.IsPrivilegedProcess)
        {
            throw new SandboxException(
                SandboxFailure.Missing,
                    "Watched sandboxes need root: run as root, or with sudo. './aurelian doctor' says more.");
        }

        RunFolder folder = RunFolder.Create(plan.Config.RunsFolder, time);
        Stage stage = await Stage.OpenAsync(plan, folder, observer, time, cancellationToken).ConfigureAwait(false);
        RunSummary? summary = null;
        Exception? failure = null;
        try
        {
            using CancellationTokenSource either =
                CancellationTokenSource.CreateLinkedTokenSource(stage.Broken, cancellationToken);
            summary = await RunAsync(stage, plan, observer, either.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // What broke the run says more than what broke by it.
            failure = stage.Failure ?? exception;
            await BreakOffAsync(stage).ConfigureAwait(false);
        }

        IReadOnlyList<Exception> problems = await stage.CloseAsync().ConfigureAwait(false);
        failure ??= problems.Count > 0 ? problems[0] : null;
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return summary!;
    }

    private static async Task<RunSummary> RunAsync(
        Stage stage, RunPlan plan, IRunObserver observer, CancellationToken cancellationToken)
    {
        Post(stage, new Fact.RunStarted(
            Version(), plan.Policy.ComputeHash(), stage.Host.RootDigest, Environment.OSVersion.VersionString));
        await RunEpisodesAsync(stage, plan, observer, cancellationToken).ConfigureAwait(false);
        foreach (SourceCoverage source in stage.Coverage())
        {
            Post(stage, new Fact.CoverageReported(source));
        }

        Post(stage, new Fact.RunEnded(0));
        await stage.StoreAsync(StoreMax).ConfigureAwait(false);
        // Nothing is read any more while the summary is made.
        await stage.Sink.DisposeAsync().ConfigureAwait(false);
        return stage.Record.Build(stage.Folder.Path);
    }

    /// <summary>Says in the timeline that the run was broken off, where that can still be said.</summary>
    private static async Task BreakOffAsync(Stage stage)
    {
        try
        {
            Post(stage, new Fact.RunEnded(1));
            await stage.StoreAsync(LastWordMax).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StoreException or ObjectDisposedException)
        {
            // A timeline without an end says it too.
        }
    }

    private static async Task RunEpisodesAsync(
        Stage stage, RunPlan plan, IRunObserver observer, CancellationToken cancellationToken)
    {
        SandboxSupply supply = new(stage, plan);
        observer.Preparing("rehearsing the containment");
        await Rehearsal.RunAsync(stage, supply, cancellationToken).ConfigureAwait(false);
        ParallelOptions options = new()
        {
            // Two a core: an episode waits as often as it computes.
            MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount * 2),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(plan.Episodes, options, async (episode, token) =>
            await new EpisodeRunner(stage, plan, supply, observer).RunAsync(episode, token).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    private static void Post(Stage stage, Fact fact) => stage.Sink.TryPost(
        SourceNames.Agent, new Observation(MonotonicClock.NowNs, new Subject(stage.Folder.Id), fact));

    private static string Version() =>
        typeof(WatchedRun)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
