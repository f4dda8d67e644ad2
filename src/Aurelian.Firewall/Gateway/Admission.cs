using System.Collections.Concurrent;
using Aurelian.Events;
using Aurelian.Protocols;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>One sandbox at the gateway: its gate, its policy, the names it asked for and its open flows.</summary>
internal sealed class Admission(Subject subject, NetworkSlot slot, PolicyPlan policy, SyntheticAddresses addresses)
{
    /// <summary>Descriptors are shared by all sandboxes: one may hold this many connections at a time.</summary>
    internal const int FlowsMax = 256;

    private readonly ConcurrentDictionary<FlowId, ProxyFlow> _flows = new();
    private readonly ConcurrentDictionary<string, RuleUse> _uses = new(StringComparer.Ordinal);
    private volatile PolicyPlan _policy = policy;
    private volatile bool _cut;
    private int _open;

    internal Subject Subject { get; } = subject;

    internal NetworkSlot Slot { get; } = slot;

    internal PolicyPlan Policy => _policy;

    internal SyntheticAddresses Names { get; } = addresses;

    internal SinkholeBook Sinkhole { get; } = new();

    /// <summary>Of the datagrams that are refused; for the thread that reads their log alone.</summary>
    internal OpeningSight Openings { get; } = new();

    internal bool IsCut => _cut;

    internal ICollection<ProxyFlow> Flows => _flows.Values;

    internal RuleUse UseOf(PolicyRule rule) => _uses.GetOrAdd(rule.Text, _ => new RuleUse());

    /// <summary>Null: the flow may live; else why not.</summary>
    internal string? TryAdd(ProxyFlow flow)
    {
        if (Interlocked.Increment(ref _open) > FlowsMax)
        {
            Interlocked.Decrement(ref _open);
            return $"denied: more than {FlowsMax} connections at once";
        }

        _flows[flow.Id] = flow;
        // Asked after the flow is in the table: whoever closes the gate sees either the flow there or us here.
        Interlocked.MemoryBarrier();
        if (!_cut)
        {
            return null;
        }

        Remove(flow);
        return "denied: the sandbox's gate was closed";
    }

    internal void Remove(ProxyFlow flow)
    {
        if (_flows.TryRemove(flow.Id, out _))
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>The rule for a flow under the policy that holds now, also when it changes meanwhile.</summary>
    internal PolicyRule? Judge(ProxyFlow flow)
    {
        while (true)
        {
            PolicyPlan policy = _policy;
            PolicyRule? rule = policy.Find(flow.Name, flow.Destination.Address, flow.Destination.Port);
            flow.Rule = rule;
            Interlocked.MemoryBarrier();
            if (ReferenceEquals(policy, _policy))
            {
                return rule;
            }
        }
    }

    /// <summary>Replaces the policy; flows that it no longer allows, or would check otherwise, are reset.</summary>
    internal void Adopt(PolicyPlan policy)
    {
        _policy = policy;
        Interlocked.MemoryBarrier();
        foreach (ProxyFlow flow in _flows.Values)
        {
            if (flow.Rule is not { } old)
            {
                continue;
            }

            PolicyRule? next = policy.Find(flow.Name, flow.Destination.Address, flow.Destination.Port);
            if (next?.Protocol == old.Protocol)
            {
                flow.Rule = next;
            }
            else
            {
                flow.Abort("cut: the policy was tightened");
            }
        }
    }

    /// <summary>Nothing new after this, and every open flow is reset on both sides.</summary>
    internal int Cut(string reason)
    {
        _cut = true;
        Interlocked.MemoryBarrier();
        int count = 0;
        foreach (ProxyFlow flow in _flows.Values)
        {
            flow.Abort(reason);
            count++;
        }

        return count;
    }
}
