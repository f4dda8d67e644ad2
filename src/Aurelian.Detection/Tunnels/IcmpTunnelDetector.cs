using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Data in pings: answers that carry something else than was asked, or that nobody asked for, in changing lengths.
/// </summary>
/// <remarks>
/// Sizes alone say nothing: people ping with any. Does not cover: data one way, in questions that an honest host
/// gives back. A sandbox's pings are refused before they carry anything.
/// </remarks>
internal sealed class IcmpTunnelDetector(IcmpTunnelOptions options) : IDetector
{
    private const int PairsMax = 8192;
    private const int LengthsMax = 64;
    private const int EchoReply = 0, EchoReply6 = 129, EchoRequest = 8, EchoRequest6 = 128;

    private readonly BoundedMap<(IPAddress, IPAddress), State> _pairs = new(PairsMax);

    public string Name => "tunnel-icmp";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (occurred.Fact is not Fact.IcmpSeen
            {
                Type: EchoReply or EchoReply6 or EchoRequest or EchoRequest6,
            } seen || !Actor.Acted(occurred.Subject))
        {
            return;
        }

        bool reply = seen.Type is EchoReply or EchoReply6;
        // The asker first.
        (IPAddress, IPAddress) pair = reply ? (seen.Destination.Address, seen.Source.Address)
            : (seen.Source.Address, seen.Destination.Address);
        State? state = _pairs.Find(pair);
        if (state is null)
        {
            state = new State();
            _pairs.Set(pair, state);
        }

        if (!reply)
        {
            state.AskedBytes = seen.Bytes;
        }
        else if (seen.Echoed != true && seen.Bytes > 0 && !state.Found)
        {
            Count(state, occurred, seen, pair, findings);
        }
    }

    private void Count(
        State state, Event occurred, Fact.IcmpSeen seen, (IPAddress Asker, IPAddress Answerer) pair,
        ICollection<Finding> findings)
    {
        if (state.Replies.TryPeek(out (long Ns, long Seq) oldest)
            && occurred.MonotonicNs - oldest.Ns > options.Window.TotalNanoseconds)
        {
            state.Forget();
        }

        state.Replies.Enqueue((occurred.MonotonicNs, occurred.Seq));
        if (state.Replies.Count > options.RepliesMin)
        {
            state.Replies.Dequeue();
        }

        if (state.Lengths.Count < LengthsMax)
        {
            state.Lengths.Add(seen.Bytes);
        }

        // What was cut is shorter than what was asked; a tunnel that pads answers at full length.
        state.Whole += seen.Echoed == false && seen.Bytes >= state.AskedBytes ? 1 : 0;
        if (state.Replies.Count < options.RepliesMin
            || (state.Lengths.Count < options.LengthsMin && state.Whole < options.RepliesMin))
        {
            return;
        }

        state.Found = true;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Tunnel,
            Severity = Severity.High,
            Confidence = 0.95,
            Subject = occurred.Subject,
            Evidence = [.. state.Replies.Select(entry => entry.Seq)],
            Explanation = $"{pair.Answerer} answered pings of {pair.Asker} with other data than they carried",
            Technique = "T1095",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private sealed class State
    {
        internal Queue<(long Ns, long Seq)> Replies { get; } = new();

        internal HashSet<int> Lengths { get; } = [];

        internal int AskedBytes { get; set; } = int.MaxValue;

        internal int Whole { get; set; }

        internal bool Found { get; set; }

        internal void Forget()
        {
            Replies.Clear();
            Lengths.Clear();
            Whole = 0;
        }
    }
}
