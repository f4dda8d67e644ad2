using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Response;
using Aurelian.Rules;
using Aurelian.Sandbox;
using Aurelian.Sensors;
using Aurelian.Simulation;
using Aurelian.Store;

namespace Aurelian.Episodes;

/// <summary>
/// Everything that one run needs, wired: timeline, gateway, sandboxes, sensors, detectors, containment. Opened in the
/// order of the flow and closed in the reverse.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int SlotsMax = 1024;
    private const int ReadyMax = 4;
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    private readonly Stack<Func<ValueTask>> _closing = new();
    private readonly CancellationTokenSource _broken = new();
    private readonly RunPlan _plan;
    private readonly IRunObserver _observer;
    private Exception? _failure;
    private Task _breaking = Task.CompletedTask;

    private Stage(RunPlan plan, RunFolder folder, IRunObserver observer, TimeProvider time)
    {
        _plan = plan;
        _observer = observer;
        Folder = folder;
        Time = new SteadyTime(time);
        Desk = new ContainmentDesk(folder.Path, Time, plan.Config.Contains);
    }

    /// <summary>Cancelled when the run cannot go on; <see cref="Failure"/> says why.</summary>
    internal CancellationToken Broken => _broken.Token;

    internal Exception? Failure => Volatile.Read(ref _failure);

    internal RunFolder Folder { get; }

    internal SteadyTime Time { get; }

    internal ContainmentDesk Desk { get; }

    internal RunRecord Record { get; } = new();

    internal VerdictJudge Judge { get; } = new();

    internal EpisodeBook Book { get; } = new();

    /// <summary>Null unless the upstream is the simulated internet.</summary>
    internal ShareLedger? Ledger { get; private set; }

    internal Sequencer Sink { get; private set; } = null!;

    internal TimelineRecorder Recorder { get; private set; } = null!;

    internal SandboxHost Host { get; private set; } = null!;

    internal Gateway Gateway { get; private set; } = null!;

    internal PolicyDesk Policies { get; private set; } = null!;

    internal Vigil Vigil { get; private set; } = null!;

    internal NetworkSlotPool Slots { get; private set; } = null!;

    internal ResourceSensor Resources { get; private set; } = null!;

    internal FileSensor Files { get; private set; } = null!;

    internal ActiveCallOwner ActiveCalls { get; } = new();

    internal List<IEventSource> Sources { get; } = [];

    internal static async Task<Stage> OpenAsync(
        RunPlan plan, RunFolder folder, IRunObserver observer, TimeProvider time, CancellationToken cancellationToken)
    {
        Stage stage = new(plan, folder, observer, time);
        try
        {
            await stage.OpenAsync(cancellationToken).ConfigureAwait(false);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    /// <summary>Closes everything, whatever fails meanwhile; gives what did.</summary>
    internal async Task<IReadOnlyList<Exception>> CloseAsync()
    {
        List<Exception> problems = [];
        while (_closing.TryPop(out Func<ValueTask>? close))
        {
            try
            {
                await close().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                problems.Add(exception);
            }
        }

        await _breaking.ConfigureAwait(false);
        _broken.Dispose();
        return problems;
    }

    /// <summary>Completes when all that was posted before the call is in the store.</summary>
    internal async Task StoreAsync(TimeSpan patience)
    {
        using CancellationTokenSource deadline = new(patience, Time);
        try
        {
            await Sink.DrainAsync(deadline.Token).ConfigureAwait(false);
            await Recorder.FlushAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new StoreException(
                StoreFailure.CannotWrite, $"The timeline's disk took nothing for {patience.TotalSeconds:0} s.");
        }
    }

    /// <summary>Before a call's first process exists: its resources are read, and it is the running one.</summary>
    internal void BeginCall(LiveSandbox live, ToolCallId call)
    {
        Subject subject = live.Subject with { Call = call };
        Resources.Watch(live.Sandbox, subject);
        ActiveCalls.Set(live.Sandbox.Slot!.Address, subject);
        Files.BeginCall(live.Sandbox.Id, call);
    }

    /// <summary>Brings a folder in before any call: what we write once one has begun is told as that call's.</summary>
    internal async Task UploadAsync(LiveSandbox live, string folder, CancellationToken cancellationToken)
    {
        ISandbox sandbox = live.Sandbox;
        await sandbox.Files.UploadAsync(folder, sandbox.WorkingDirectory, SandboxUser.Agent, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            await Files.DrainAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SensorException)
        {
            // Its coverage says that it stopped, and the verdict follows from that.
        }
    }

    /// <summary>
    /// Waits until everything that happened before the call has been read by every reader; false where a source could
    /// not vouch for it in time, which makes what follows unknown and takes no other episode with it.
    /// </summary>
    internal async Task<bool> TryDrainAsync()
    {
        using CancellationTokenSource deadline = new(DrainMax, Time);
        try
        {
            foreach (IEventSource source in Sources)
            {
                await source.DrainAsync(deadline.Token).ConfigureAwait(false);
            }

            await Sink.DrainAsync(deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>Coverage of every source now.</summary>
    internal IReadOnlyList<SourceCoverage> Coverage() =>
        [.. Sources.SelectMany(source => source.Coverage), Sink.Coverage];

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_plan.Rules is { } rules && RuleSets.Warning(rules) is { } refused)
        {
            Warn(refused);
        }

        Say("opening the timeline", cancellationToken);
        Recorder = Keep(new TimelineRecorder(
            TimelineWriter.Create(Folder.Timeline, _plan.Policy.Durable), Fail));
        Sink = new Sequencer(
            Folder.Id, Time,
            [
                new RecordReader(Record, Judge), Book, Recorder, Desk,
                new DetectionReader(DetectorSet.Standard(_plan.Pools, _plan.Rules)), new ObserverReader(_observer),
            ]);
        _closing.Push(Sink.DisposeAsync);
        Say("raising the firewall", cancellationToken);
        IUpstream upstream = await UpstreamAsync(cancellationToken).ConfigureAwait(false);
        Gateway = Gateway.Start(upstream, Sink, Time);
        _closing.Push(Gateway.DisposeAsync);
        Policies = new PolicyDesk(Gateway, _plan.Policy);
        Slots = Keep(NetworkSlotPool.Start(
            Gateway.Namespace, Math.Min(ReadyMax, _plan.Sandboxes), SlotsMax));
        Say("preparing sandboxes", cancellationToken);
        CgroupDirectory directory = new();
        Host = SandboxHost.Start(HostConfig(), directory, Sink, Time);
        Task watching = WatchHostAsync();
        _closing.Push(async () =>
        {
            await Host.DisposeAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        });
        Say("attaching sensors", cancellationToken);
        (IReadOnlyList<IEventSource> processes, IFlowOwner owner) = StartProcessSensors(directory);
        Files = Keep(new FileSensor(
            new ProcessCalls(Host.Cgroup2Root, directory, owner is KernelSensor sensor ? sensor.BornIn : null), Sink));
        Resources = Keep(new ResourceSensor(Sink, Time));
        Gateway.Owner = owner;
        Desk.Gateway = Gateway;
        Desk.Sink = Sink;
        // In the order in which causes precede effects: a drained process event may still be asked for by a flow's.
        Sources.AddRange([.. processes, Host, Files, Gateway, Resources]);
        Vigil = Keep(new Vigil(Coverage, Lose, Time));
        if (_plan.Config.PolicyFile is { } policy)
        {
            Keep(new PolicyWatcher(policy, _plan.PolicyPrint, Policies.Adopt, _observer.Warned, Time));
        }
    }

    private void Say(string what, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _observer.Preparing(what);
    }

    private async Task WatchHostAsync()
    {
        if (await Host.Broken.ConfigureAwait(false) is { } failure)
        {
            Fail(failure);
        }
    }

    /// <summary>A source that was seeing and is not any more.</summary>
    private void Lose(SourceCoverage source)
    {
        if (source.Name != SourceNames.Agent && !VerdictJudge.Required.Contains(source.Name))
        {
            Warn($"{source.Name} is not seen any more ({source.How})");
            return;
        }

        Sink.TryPost(source.Name, new Observation(
            MonotonicClock.NowNs, new Subject(Folder.Id), new Fact.Gap(source.Name, 1, CausedBySandbox: false)));
        Policies.Close();
        Warn($"{source.Name} cannot be vouched for any more ({source.How}): nothing is allowed out from here on, and "
            + "verdicts are unknown");
    }

    private void Warn(string what)
    {
        try
        {
            _observer.Warned(what);
        }
        catch (IOException)
        {
            // Nobody to tell; the run's coverage says it.
        }
    }

    private (IReadOnlyList<IEventSource> Sources, IFlowOwner Owner) StartProcessSensors(CgroupDirectory directory)
    {
        RuntimeConfig runtime = _plan.Policy.Sandbox.Runtime;
        if (!runtime.HostSyscallEvents)
        {
            // What the host sees there are the runtime's own processes, and no call's.
            return ([new MissingSensor(
                $"{runtime.Command} hides its processes: calls are told apart by time", SourceState.Partial)],
                ActiveCalls);
        }

        try
        {
            KernelSensor kernel = Keep(KernelSensor.Start(
                NativeFolder.Find(), Host.Cgroup2Root, directory, Sink, Time));
            return (kernel.SeesProcesses ? [kernel] : [kernel, StartConnector(directory, "")], kernel);
        }
        catch (SensorException exception)
        {
            return ([StartConnector(directory, exception.Message)], ActiveCalls);
        }
    }

    private IEventSource StartConnector(CgroupDirectory directory, string problem)
    {
        try
        {
            return Keep(ProcessConnector.Start(new ProcessCalls(Host.Cgroup2Root, directory, null), Sink));
        }
        catch (SensorException exception)
        {
            // No sensor, no egress; what is tried is named by the firewall all the same.
            problem = $"{problem} {exception.Message}".Trim();
            Policies.Close();
            Warn($"no processes are seen ({problem}): nothing is allowed out, and verdicts are unknown");
            return new MissingSensor(problem);
        }
    }

    private SandboxHostConfig HostConfig() => new()
    {
        NativeFolder = NativeFolder.Find(),
        Runtime = _plan.Policy.Sandbox.Runtime,
        Root = new RootFilesystemConfig
        {
            Path = _plan.Policy.Sandbox.Root, ReadOnlyPaths = _plan.Policy.Sandbox.ReadOnlyPaths,
        },
        Pool = new SandboxPoolConfig
        {
            Size = Math.Min(ReadyMax, _plan.Sandboxes), AheadMax = _plan.Sandboxes, Limits = _plan.Limits(),
            Slots = Slots, Recycles = _plan.Policy.Sandbox.Recycle ?? true,
        },
    };

    private async Task<IUpstream> UpstreamAsync(CancellationToken cancellationToken)
    {
        if (_plan.Config.Upstream != "simulated")
        {
            return _plan.Config.Upstream == "host" ? new HostUpstream() : new NoUpstream();
        }

        SimulatedUpstream simulated = await SimulatedUpstream
            .StartAsync(_plan.Config.Simulation ?? new SimulationConfig(), Time, cancellationToken)
            .ConfigureAwait(false);
        _closing.Push(simulated.DisposeAsync);
        Ledger = simulated.Ledger;
        return simulated;
    }

    private T Keep<T>(T part) where T : IDisposable
    {
        _closing.Push(() =>
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        });
        return part;
    }

    /// <summary>
    /// What cannot be recorded or held must not go on: every gate is closed, every sandbox frozen, the run broken off.
    /// </summary>
    private void Fail(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
        {
            return;
        }

        Gateway?.Shut(failure.Message);
        Task[] frozen = [.. Desk.Live.Select(FreezeAsync)];
        // On another thread: who is told may go on to close what this very thread serves.
        _breaking = Task.WhenAll([.. frozen, _broken.CancelAsync()]);
    }

    private static async Task FreezeAsync(LiveSandbox live)
    {
        try
        {
            await live.Sandbox.FreezeAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SandboxException or IOException)
        {
            // It is being killed already.
        }
    }
}
