namespace Aurelian.Readers;

/// <summary>
/// Brings a stream's first kilobytes into order for the sight, and counts every message once. Bounded: behind a hole
/// only a few segments wait; then the hole is passed over, as one that the capture itself lost.
/// </summary>
internal sealed class TcpBytes(FlowTable flows, FlowTeller teller)
{
    /// <summary>What the sight looks at, of each direction.</summary>
    private const int ShownMax = 16 * 1024;

    private const int WaitingMax = 32, WaitingBytesMax = 32 * 1024;

    /// <summary>Farther ahead than any window: a stray number, not a hole.</summary>
    private const int HoleMax = 1 << 30;

    internal void Add(Flow flow, FlowSide side, bool fromClient, in TcpSegment segment)
    {
        ReadOnlySpan<byte> payload = segment.Payload;
        side.NextSequence ??= segment.Sequence;
        int ahead = (int)(segment.Sequence - side.NextSequence.Value);
        if (ahead < 0 && ahead + payload.Length <= 0 && ahead > -HoleMax)
        {
            return; // sent again, or a keep-alive
        }

        teller.Measure(flow, flows.NowNs);
        if (ahead is > 0 and < HoleMax && flow.Sight is not null && side.Shown < ShownMax)
        {
            flow.Meter.Add(fromClient, flows.NowNs, payload.Length);
            Wait(flow, side, fromClient, segment);
            return;
        }

        if (ahead is < 0 and > -HoleMax)
        {
            payload = payload[-ahead..];
        }

        flow.Meter.Add(fromClient, flows.NowNs, payload.Length);
        side.NextSequence = segment.Sequence + (uint)segment.Payload.Length;
        Show(flow, side, fromClient, payload);
        if (side.Waiting is not null)
        {
            Drain(flow, side, fromClient);
        }
    }

    private void Wait(Flow flow, FlowSide side, bool fromClient, in TcpSegment segment)
    {
        side.Waiting ??= [];
        side.Waiting.Add((segment.Sequence, segment.Payload.ToArray()));
        side.WaitingBytes += segment.Payload.Length;
        if (side.Waiting.Count >= WaitingMax || side.WaitingBytes > WaitingBytesMax)
        {
            uint next = side.NextSequence!.Value;
            side.NextSequence = next + side.Waiting.Min(each => each.Sequence - next);
            Drain(flow, side, fromClient);
        }
    }

    /// <summary>Shows what waited and now joins on.</summary>
    private void Drain(Flow flow, FlowSide side, bool fromClient)
    {
        bool moved = true;
        while (moved && side.Waiting is { Count: > 0 } waiting)
        {
            moved = false;
            for (int index = 0; index < waiting.Count && !moved; index++)
            {
                (uint sequence, byte[] bytes) = waiting[index];
                int ahead = (int)(sequence - side.NextSequence!.Value);
                if (ahead > 0)
                {
                    continue;
                }

                waiting.RemoveAt(index);
                side.WaitingBytes -= bytes.Length;
                moved = true;
                if (ahead + bytes.Length > 0)
                {
                    side.NextSequence += (uint)(ahead + bytes.Length);
                    Show(flow, side, fromClient, bytes.AsSpan(-ahead));
                }
            }
        }

        if (side.Waiting is { Count: 0 })
        {
            side.Waiting = null;
        }
    }

    private void Show(Flow flow, FlowSide side, bool fromClient, ReadOnlySpan<byte> bytes)
    {
        if (flow.Sight is null || side.Shown >= ShownMax)
        {
            return;
        }

        flow.Sight.Feed(fromClient, bytes, teller.Sightings);
        flows.Show(side, Math.Min(bytes.Length, ShownMax - side.Shown));
        if (teller.Sightings.Count > 0)
        {
            teller.Saw(flow, flows.NowNs);
        }

        if (flow.Sight.IsDone || (flow.Client.Shown >= ShownMax && flow.Server.Shown >= ShownMax))
        {
            flows.Drop(flow);
        }
    }
}
