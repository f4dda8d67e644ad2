using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// The firewall: one network namespace without a way out, where every packet of every sandbox arrives, and where only
/// the proxy carries bytes on.
/// </summary>
/// <remarks>
/// Covers: every packet, by interface and source address, before routing. Does not cover: what is hidden inside an
/// allowed TLS session, or another site behind an allowed multi-tenant host; nobody outside of it can see that.
/// </remarks>
public sealed class Gateway : IEventSource, IAsyncDisposable
{
    private static readonly TimeSpan SettleStep = TimeSpan.FromMilliseconds(1);
    private const int SettleSteps = 250;

    private readonly CancellationTokenSource _ending = new();
    private readonly GatewayState _state = new();
    private readonly SyntheticRange _range = new();
    private readonly FirewallLog _log;
    private readonly Nftables _rules;
    private readonly Gate _gate;
    private readonly SetElements _sets;
    private readonly GatewaySockets _sockets;
    private readonly Socket _listener, _resolverSocket;
    private readonly DescriptorLoop _loop = new("proxy");
    private readonly TransparentProxy _proxy;
    private readonly DnsResolver _resolver;
    private readonly PacketLog _packets;
    private readonly Heartbeat _heartbeat;
    private readonly TimeProvider _time;
    private readonly Task _serving;
    private volatile string? _shut;
    private volatile PolicyPlan? _applied;

    private Gateway(IUpstream upstream, IObservationSink sink, TimeProvider time)
    {
        _time = time;
        _log = new FirewallLog(sink) { OnDegraded = Shut };
        Namespace = NetworkNamespace.Create("gateway");
        IpBatch.Run(Namespace, GatewayRules.Routes());
        Namespace.Run(KernelSettings.Apply);
        _sockets = new GatewaySockets(Namespace);
        _listener = _sockets.Listen();
        _resolverSocket = _sockets.Resolve();
        _rules = new Nftables(Namespace);
        _rules.Run(GatewayRules.Ruleset(((System.Net.IPEndPoint)_listener.LocalEndPoint!).Port));
        _gate = new Gate(Namespace, _state);
        _packets = new PacketLog(Namespace, _state, _log);
        RunTime run = new(upstream, time);
        DnsAnswers answers = new(_state, _log);
        _proxy = new TransparentProxy(
            _listener, _state, _log, new FlowPath(_state, answers, _log, run, _loop), run, _loop);
        _resolver = new DnsResolver(_resolverSocket, _state, answers);
        _serving = Task.WhenAll(
            ServeAsync(SourceNames.Network, _proxy.ServeAsync), ServeAsync(SourceNames.Dns, _resolver.ServeAsync));
        _sets = new SetElements(Namespace);
        _heartbeat = new Heartbeat(_gate, _sets, _state, _log, time);
    }

    public NetworkNamespace Namespace { get; }

    public IReadOnlyList<SourceCoverage> Coverage => _log.Coverage;

    /// <summary>Who knows whose a connection is; null until a sensor is there.</summary>
    public IFlowOwner? Owner
    {
        get => _log.FlowOwner;
        set => _log.FlowOwner = value;
    }

    /// <summary>Throws <see cref="FirewallException"/> when anything of the denial cannot be put in place.</summary>
    public static Gateway Start(IUpstream upstream, IObservationSink sink, TimeProvider time) =>
        new(upstream, sink, time);

    /// <summary>
    /// Opens a sandbox's gate under a policy, or under the one applied since: a run's policy that was tightened holds
    /// for those who come later too. Nothing of an earlier sandbox in the slot remains.
    /// </summary>
    public void Admit(Subject subject, NetworkSlot slot, PolicyPlan policy)
    {
        SandboxId sandbox = subject.Sandbox
            ?? throw new ArgumentException("The subject names no sandbox.", nameof(subject));
        Release(sandbox);
        if (_state.FindBySource(slot.Address) is { } before)
        {
            Release(before.Subject.Sandbox!.Value);
        }

        uint index = Namespace.Run(() => Native.InterfaceIndex(slot.GatewayInterface));
        if (index == 0)
        {
            throw new FirewallException(
                FirewallFailure.NotEnforced, $"The slot's interface {slot.GatewayInterface} is not in the gateway.");
        }

        Admission admission = new(subject, slot, policy, new SyntheticAddresses(_range));
        _state.Add(sandbox, index, admission);
        // Read after it was added: whoever applies a policy now sees either the sandbox there, or is seen here.
        Interlocked.MemoryBarrier();
        if (_applied is { } applied)
        {
            admission.Adopt(applied);
        }

        if (_shut is null)
        {
            _gate.Open(admission);
        }

        // The same way: whoever shuts the gateway sees either the sandbox there or us here.
        if (_shut is { } reason)
        {
            Cut(sandbox, reason);
        }

        _log.Post(SourceNames.Network, MonotonicClock.NowNs, subject,
            new Fact.PolicyInstalled(admission.Policy.ComputeHash(), admission.Policy.Networks));
    }

    /// <summary>Closes the gate for good and resets every flow; gives the moment it had taken effect.</summary>
    public (long AtNs, int Flows) Cut(SandboxId sandbox, string reason)
    {
        if (_state.Find(sandbox) is not { } admission)
        {
            return (MonotonicClock.NowNs, 0);
        }

        // The proxy's side first: it needs no system call, and carries the bytes.
        int flows = admission.Cut(reason);
        _gate.Close(admission);
        return (MonotonicClock.NowNs, flows);
    }

    /// <summary>
    /// Closes every gate for good, those of sandboxes still to come included: what enforces or what watches can no
    /// longer be vouched for. Never throws; a gate that cannot be closed is not renewed and closes by itself.
    /// </summary>
    public void Shut(string reason)
    {
        _shut ??= $"cut: {reason}";
        foreach (Admission admission in _state.All)
        {
            // Before the slow way through nftables, of all: from here on nothing is renewed and nothing carried.
            admission.Cut(_shut);
        }

        foreach (Admission admission in _state.All)
        {
            try
            {
                _gate.Close(admission);
            }
            catch (FirewallException)
            {
                // Closed by its timeout then, three seconds after the last beat.
            }
        }
    }

    /// <summary>
    /// Destroys every socket of a sandbox, at its own end too: what a frozen process had still to send is gone. Gives
    /// how many there were. The gate is closed first.
    /// </summary>
    public int DestroySockets(SandboxId sandbox)
    {
        if (_state.Find(sandbox) is not { } admission)
        {
            return 0;
        }

        Cut(sandbox, "cut: its sockets were destroyed");
        return SocketTable.DestroyAll(admission.Slot.Namespace)
            + SocketTable.DestroyWith(Namespace, admission.Slot.Address);
    }

    /// <summary>Forgets a sandbox that is gone; connections that were never accepted go with it.</summary>
    public void Release(SandboxId sandbox)
    {
        if (_state.Find(sandbox) is not { } admission)
        {
            return;
        }

        Cut(sandbox, "the sandbox ended");
        SocketTable.DestroyWith(Namespace, admission.Slot.Address);
        // Before the slot is another's, who would be charged with it.
        _heartbeat.TryReadUntold();
        _state.Remove(sandbox, admission);
    }

    /// <summary>
    /// Replaces the policy of every sandbox, admitted already or later; live flows that it no longer allows are cut.
    /// </summary>
    public void Apply(PolicyPlan policy)
    {
        _applied = policy;
        Interlocked.MemoryBarrier();
        foreach (Admission admission in _state.All)
        {
            admission.Adopt(policy);
            _log.Post(SourceNames.Network, MonotonicClock.NowNs, admission.Subject,
                new Fact.PolicyInstalled(policy.ComputeHash(), policy.Networks));
        }
    }

    /// <summary>
    /// Every connection, question and refusal that was made before the call has been posted when this completes, and
    /// what denied clients had said by then. Open flows do not hold it up.
    /// </summary>
    public async ValueTask<long> DrainAsync(CancellationToken cancellationToken)
    {
        long watermark = MonotonicClock.NowNs;
        await Task.WhenAll(
            _sockets.PassAsync(_proxy.Fence, _listener, cancellationToken),
            _sockets.PassAsync(_resolver.Fence, _resolverSocket, cancellationToken),
            _packets.FenceAsync(cancellationToken)).ConfigureAwait(false);
        _heartbeat.ReadUntold();
        for (int step = 0; step < SettleSteps && HasUnread(); step++)
        {
            await Task.Delay(SettleStep, _time, cancellationToken).ConfigureAwait(false);
        }

        return watermark;
    }

    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        foreach (Admission admission in _state.All)
        {
            admission.Cut("the run ended");
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(false);
        await _proxy.EndAsync().ConfigureAwait(false);
        // What ended last did so on the loop's thread, which is not to wait for itself.
        await Task.Yield();
        _loop.Dispose();
        _sockets.Dispose();
        _packets.Dispose();
        _gate.Dispose();
        _rules.Dispose();
        _sets.Dispose();
        Namespace.Dispose();
        _ending.Dispose();
    }

    /// <summary>For tests of what follows when a server's socket fails.</summary>
    internal (Socket Proxy, Socket Resolver) ServerSockets => (_listener, _resolverSocket);

    internal ProbeWatch Watch(SandboxId sandbox) => _log.Watch(sandbox);

    internal Admission? Find(SandboxId sandbox) => _state.Find(sandbox);

    internal void Post(Subject subject, Fact fact) =>
        _log.Post(SourceNames.Network, MonotonicClock.NowNs, subject, fact);

    private bool HasUnread() => _state.All.Any(admission => admission.Flows.Any(flow => flow.HasUnread));

    /// <summary>A server that fails serves nobody any more: nothing passes, and the source says so.</summary>
    private Task ServeAsync(string source, Func<CancellationToken, Task> serve) => Task.Run(async () =>
    {
        try
        {
            await serve(_ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
        catch (Exception exception)
        {
            await Task.Yield(); // off the proxy's loop: closing gates takes its time
            if (!_ending.IsCancellationRequested)
            {
                _log.Degrade(source, $"stopped: {exception.Message}");
            }
        }
    });
}
