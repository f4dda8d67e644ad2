using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>
/// The pool's second door: a line protocol of its own that no miner speaks. <c>TAKE worker</c> gives <c>ITEM text</c>,
/// <c>DONE text</c> is credited. What a detector of known mining protocols cannot see, and the ledger does.
/// </summary>
internal sealed class QueueSession(PoolDesk desk, Endpoint client)
{
    private string? _worker;
    private string? _item;

    public IReadOnlyList<string>? Answer(string line)
    {
        switch (line.Split(' '))
        {
            case ["TAKE", { Length: > 0 } worker]:
                _worker = worker;
                _item = Convert.ToHexStringLower(desk.Derive("item", desk.NextSession()).AsSpan(0, 8));
                return [$"ITEM {_item}"];
            case ["DONE", string item] when _worker is not null:
                bool accepted = item == _item;
                desk.Record(_worker, client, accepted);
                _item = null;
                return [accepted ? "CREDITED" : "REFUSED"];
            case ["QUIT"]:
                return null;
            default:
                return ["WHAT"];
        }
    }
}
