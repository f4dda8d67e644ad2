using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>The firewall's observations, counted by source; who owns a packet is asked here.</summary>
internal sealed class FirewallLog(IObservationSink sink)
{
    private readonly SourceCount _network = new(SourceNames.Network, "firewall");
    private readonly SourceCount _dns = new(SourceNames.Dns, "own resolver");
    private readonly Lock _changing = new();
    private volatile ProbeWatch[] _watches = [];
    private long _flows;

    internal IFlowOwner? FlowOwner { get; set; }

    /// <summary>Told why, on the thread that noticed.</summary>
    internal required Action<string> OnDegraded { get; init; }

    internal IReadOnlyList<SourceCoverage> Coverage => [_network.Coverage, _dns.Coverage];

    internal FlowId NextFlow() => new($"f{Interlocked.Increment(ref _flows)}");

    internal ProbeWatch Watch(SandboxId sandbox)
    {
        ProbeWatch watch = new(sandbox, ended => Change(watches => [.. watches.Where(each => each != ended)]));
        Change(watches => [.. watches, watch]);
        return watch;
    }

    internal void Post(string source, long stamp, Subject subject, Fact fact)
    {
        SourceCount count = CountOf(source);
        count.Receive(1);
        if (!sink.TryPost(source, new Observation(stamp, subject, fact)))
        {
            count.Drop(1);
            return;
        }

        foreach (ProbeWatch watch in _watches)
        {
            if (watch.Sandbox == subject.Sandbox)
            {
                watch.Read(fact);
            }
        }
    }

    /// <summary>What the kernel did not pass on: counted, and told as a gap of whoever's it was.</summary>
    internal void Lose(string source, Subject subject, long count, bool causedBySandbox)
    {
        CountOf(source).Receive(count);
        CountOf(source).Drop(count);
        Post(source, MonotonicClock.NowNs, subject, new Fact.Gap(source, count, causedBySandbox));
    }

    /// <summary>A part of the firewall failed: every gate is closed, and its source says so.</summary>
    internal void Degrade(string source, string what)
    {
        CountOf(source).Degrade(what);
        OnDegraded($"the firewall failed ({source}): {what}");
    }

    /// <summary>The process behind a packet where the sensor knows it, else the sandbox alone.</summary>
    internal Subject Owner(Admission admission, Endpoint source, Endpoint destination, Transport transport) =>
        FlowOwner?.Find(source, destination, transport) is { } owner
            && owner.Subject.Sandbox == admission.Subject.Sandbox
            ? admission.Subject with { Call = owner.Subject.Call, Pid = owner.Subject.Pid }
            : admission.Subject;

    private SourceCount CountOf(string source) => source == SourceNames.Dns ? _dns : _network;

    private void Change(Func<ProbeWatch[], ProbeWatch[]> change)
    {
        lock (_changing)
        {
            _watches = change(_watches);
        }
    }
}
