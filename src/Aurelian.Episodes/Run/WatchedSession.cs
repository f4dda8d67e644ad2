using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Sandbox;
using Aurelian.Store;

namespace Aurelian.Episodes;

/// <summary>One episode of a session, whole.</summary>
/// <param name="Reward">Of the task's own tests; null where none can be said (contained, the policy failed …).</param>
/// <param name="Credits">Shares that the simulated internet's pools credited it, by their own ledger.</param>
public sealed record EpisodeResult(
    EpisodeId Id, string StopReason, double? Reward, Verdict Verdict, long Credits, EpisodeCounts Counts);

/// <summary>
/// A watched run whose episodes come one by one, from a trainer that learns from each. One stage, one timeline.
/// </summary>
public sealed class WatchedSession : IAsyncDisposable
{
    private static readonly TimeSpan StoreMax = TimeSpan.FromSeconds(30);

    private readonly Stage _stage;
    private readonly RunPlan _plan;
    private readonly SandboxSupply _supply;
    private readonly IRunObserver _observer;
    private int _episodes;

    private WatchedSession(Stage stage, RunPlan plan, IRunObserver observer)
    {
        _stage = stage;
        _plan = plan;
        _observer = observer;
        _supply = new SandboxSupply(stage, plan);
    }

    /// <summary>The run's folder, with its timeline.</summary>
    public string Folder => _stage.Folder.Path;

    /// <param name="config">Without episodes; nothing of it is looked at before here.</param>
    /// <exception cref="SandboxException">No root, a wrong setting, a machine without what it takes.</exception>
    public static async Task<WatchedSession> OpenAsync(
        RunConfig config, IRunObserver observer, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new SandboxException(
                SandboxFailure.Missing, "Watched sandboxes need root: run as root, or with sudo.");
        }

        (RunPlan? plan, IReadOnlyList<string> mistakes) = RunPlanner.Plan(config with { Episodes = [] });
        if (plan is null)
        {
            throw new SandboxException(SandboxFailure.BadSetting, string.Join("; ", mistakes));
        }

        Stage stage = await Stage.OpenAsync(
            plan, RunFolder.Create(config.RunsFolder, time), observer, time, cancellationToken).ConfigureAwait(false);
        WatchedSession session = new(stage, plan, observer);
        try
        {
            session.Post(new Fact.RunStarted(
                "", plan.Policy.ComputeHash(), stage.Host.RootDigest, Environment.OSVersion.VersionString));
            await Rehearsal.RunAsync(stage, session._supply, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await stage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs one episode to its verdict; several may run at once.</summary>
    public async Task<EpisodeResult> RunAsync(
        TaskPlan task, IPolicyModel policy, int turnsMax, CancellationToken cancellationToken)
    {
        EpisodeId id = new($"e{Interlocked.Increment(ref _episodes)}");
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(_stage.Broken, cancellationToken);
        try
        {
            (Verdict verdict, string stop, double? reward) = await new EpisodeRunner(
                _stage, _plan, _supply, _observer)
                .RunWholeAsync(new EpisodePlan.OfTask(id, task, policy) { TurnsMax = turnsMax }, either.Token)
                .ConfigureAwait(false);
            (EpisodeCounts counts, IReadOnlyList<Endpoint> upstream) = _stage.Book.Take(id);
            long credits = upstream.Sum(client => _stage.Ledger?.Settle(client) ?? 0);
            return new EpisodeResult(id, stop, reward, verdict, credits, counts);
        }
        catch (Exception) when (_stage.Failure is { } failure)
        {
            // What broke the run says more than what broke by it.
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
    }

    /// <summary>Judges again by all that is known now: a finding may have come after the episode's verdict.</summary>
    public async Task<Verdict> JudgeAgainAsync(EpisodeId episode)
    {
        bool drained = await _stage.TryDrainAsync().ConfigureAwait(false);
        lock (_stage.Judge)
        {
            return _stage.Judge.Judge(episode, _stage.Coverage(), drained, _stage.Policies.Hash);
        }
    }

    /// <summary>Puts what a trainer saw over many episodes on the run's timeline.</summary>
    public void Report(Fact.BehaviourDrifted drift) => Post(drift);

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (SourceCoverage source in _stage.Coverage())
            {
                Post(new Fact.CoverageReported(source));
            }

            Post(new Fact.RunEnded(_stage.Failure is null ? 0 : 1));
            await _stage.StoreAsync(StoreMax).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StoreException or ChannelClosedException)
        {
            // A timeline without an end says it too.
        }

        await _stage.CloseAsync().ConfigureAwait(false);
    }

    private void Post(Fact fact) => _stage.Sink.TryPost(
        SourceNames.Agent, new Observation(MonotonicClock.NowNs, new Subject(_stage.Folder.Id), fact));
}
