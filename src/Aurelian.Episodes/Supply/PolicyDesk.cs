using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>
/// The policy that holds now. An edit holds for the sandboxes that are there and for those that come later; one at a
/// time, so that none is admitted under what was replaced meanwhile.
/// </summary>
internal sealed class PolicyDesk(Gateway gateway, PolicyPlan first)
{
    private readonly Lock _changing = new();
    private volatile PolicyPlan _current = first;
    private bool _closed;

    internal string Hash => _current.ComputeHash();

    internal void Adopt(PolicyPlan policy)
    {
        lock (_changing)
        {
            if (!_closed)
            {
                _current = policy;
                gateway.Apply(policy);
            }
        }
    }

    /// <summary>
    /// Nothing is allowed any more, whatever the file says: no sensor, no egress. What is tried is named all the same.
    /// </summary>
    internal void Close()
    {
        lock (_changing)
        {
            Adopt(PolicyPlan.Empty);
            _closed = true;
        }
    }

    internal void Admit(Subject subject, NetworkSlot slot)
    {
        lock (_changing)
        {
            gateway.Admit(subject, slot, _current);
        }
    }
}
