using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Opens, renews and closes sandboxes' gates: one nftables element each, with a timeout, so that a process that died
/// leaves every gate closed. All of it runs on one urgent thread, where who is live is also decided, so a renewal never
/// opens again what was cut meanwhile, and a cut does not wait behind the wiring of other sandboxes.
/// </summary>
internal sealed class Gate : IDisposable
{
    private readonly NetworkNamespace _thread;
    private readonly Nftables _rules;
    private readonly GatewayState _state;

    internal Gate(NetworkNamespace gateway, GatewayState state)
    {
        _thread = gateway.Join("gate");
        _rules = new Nftables(_thread);
        _state = state;
    }

    public void Dispose()
    {
        _rules.Dispose();
        _thread.Dispose();
    }

    internal void Open(Admission admission) => _rules.Run(() => GatewayRules.Renew([admission.Slot]));

    internal void Close(Admission admission) =>
        _rules.Run(() => _state.Holds(admission) ? GatewayRules.Close(admission.Slot) : null);

    internal void Renew() => _rules.Run(() =>
    {
        NetworkSlot[] live =
            [.. _state.All.Where(each => !each.IsCut && _state.Holds(each)).Select(each => each.Slot)];
        return live.Length > 0 ? GatewayRules.Renew(live) : null;
    });
}
