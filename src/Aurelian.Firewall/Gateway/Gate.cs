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
    private readonly SetElements _live;
    private readonly GatewayState _state;

    internal Gate(NetworkNamespace gateway, GatewayState state)
    {
        _thread = gateway.Join("gate");
        _live = new SetElements(_thread);
        _state = state;
    }

    public void Dispose()
    {
        _thread.Dispose();
        _live.Dispose();
    }

    internal void Open(Admission admission) =>
        _thread.Run(() => _live.Renew([admission.Slot], GatewayRules.LiveMax));

    internal void Close(Admission admission) => _thread.Run(() =>
    {
        if (_state.Holds(admission))
        {
            _live.Close(admission.Slot, GatewayRules.LiveMax);
        }
    });

    internal void Renew() => _thread.Run(() => _live.Renew(
        [.. _state.All.Where(each => !each.IsCut && _state.Holds(each)).Select(each => each.Slot)],
        GatewayRules.LiveMax));
}
