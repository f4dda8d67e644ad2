using System.Net.Sockets;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Which of a log's flows were told of already: a log may speak of a flow before the record of the flow itself. The
/// oldest are forgotten beyond a bound; one that speaks again is then told of again, under the same id.
/// </summary>
internal sealed class FlowBook
{
    private const int FlowsMax = 65_536;

    /// <summary>Two addresses of 45 characters with ports and what is around them; longer ones are made anew.</summary>
    private const int IdMax = 192;

    private static readonly string[] Transports = Enum.GetNames<Transport>();

    private readonly HashSet<string> _known = [];
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Queue<string> _order = new();

    private readonly ReadReport _report;

    internal FlowBook(ReadReport report)
    {
        _report = report;
        _lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The same text for a flow that was told of: its records need no other.</summary>
    internal FlowId IdOf(ReadOnlySpan<char> id) =>
        new(_lookup.TryGetValue(id, out string? known) ? known : id.ToString());

    /// <summary>Of logs that number no flows: its ends are its name.</summary>
    /// <param name="log">Which kind of log, in a few letters.</param>
    internal FlowId IdOf(string log, in Endpoint source, in Endpoint destination, Transport transport)
    {
        Span<char> id = stackalloc char[IdMax];
        int length = 0;
        return TryNumber(id, ref length, _report.Source) && TryText(id, ref length, ".")
            && TryText(id, ref length, log) && TryEnd(id, ref length, source) && TryText(id, ref length, "-")
            && TryEnd(id, ref length, destination) && TryText(id, ref length, "-")
            && TryText(id, ref length, Transports[(int)transport])
            ? IdOf(id[..length]) : new FlowId($"{_report.Source}.{log}{source}-{destination}-{transport}");
    }

    // An interpolated text would put every number into a box of its own.
    private static bool TryEnd(Span<char> id, ref int length, in Endpoint end)
    {
        bool six = end.Address.AddressFamily == AddressFamily.InterNetworkV6;
        if ((six && !TryText(id, ref length, "[")) || !end.Address.TryFormat(id[length..], out int written))
        {
            return false;
        }

        length += written;
        return TryText(id, ref length, six ? "]:" : ":") && TryNumber(id, ref length, end.Port);
    }

    private static bool TryNumber(Span<char> id, ref int length, int number)
    {
        bool fits = number.TryFormat(id[length..], out int written);
        length += written;
        return fits;
    }

    private static bool TryText(Span<char> id, ref int length, string text)
    {
        bool fits = text.TryCopyTo(id[length..]);
        length += fits ? text.Length : 0;
        return fits;
    }

    /// <summary>True the first time.</summary>
    internal bool TryAdd(FlowId flow)
    {
        if (!_known.Add(flow.Value))
        {
            return false;
        }

        _order.Enqueue(flow.Value);
        if (_order.Count > FlowsMax)
        {
            _report.Evicted += _known.Remove(_order.Dequeue()) ? 1 : 0;
        }

        return true;
    }

    internal void Remove(FlowId flow) => _known.Remove(flow.Value);
}
