using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Mining inside TLS, by what is left to see: few small messages both ways, never long silent, for minutes on end
/// (medium); high where the same call burns all the while without being entitled to: it did what no honest work needs
/// (a miner's options, an executable that is gone, a pool's name), or it had ended and puts nothing out.
/// </summary>
/// <remarks>
/// Shares come irregularly and polls regularly, so regularity is not asked for. Not separable from outside: any small
/// chat that never pauses, such as a program that polls; and a miner that hides under another name from training
/// at full load that keeps such a chat: both stay medium. Does not cover: messages held back for minutes.
/// </remarks>
internal sealed class MiningShapeDetector(MiningShapeOptions options, PoolList pools) : IDetector
{
    private const int FlowsMax = 16_384;

    private readonly BoundedMap<FlowId, Spell> _flows = new(FlowsMax);
    private readonly CallBurns _burns = new(pools);

    public string Name => "mining-shape";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        _burns.Observe(occurred);
        switch (occurred.Fact)
        {
            case Fact.FlowMeasured { Transport: Transport.Tcp, Protocol: ProtocolNames.Tls } measured
                when Actor.Acted(occurred.Subject):
                Measure(occurred, measured, findings);
                break;
            case Fact.FlowClosed closed:
                _flows.Remove(closed.Flow);
                break;
        }
    }

    private void Measure(Event occurred, Fact.FlowMeasured measured, ICollection<Finding> findings)
    {
        Spell? spell = _flows.Find(measured.Flow);
        // Both sides silent that long: what either alone leaves out, the other may fill.
        bool silent = Math.Min(measured.Out.GapMax, measured.Back.GapMax) > options.SilenceMax.TotalSeconds;
        bool bulk = Rate(measured.Out.Messages + measured.Back.Messages, Math.Max(10, measured.Seconds))
            > options.MessagesPerMinuteMax;
        if (spell is null || silent || bulk)
        {
            // A handshake is a burst too: what counts begins behind it.
            _flows.Set(measured.Flow, new Spell(occurred.MonotonicNs, spell?.Told ?? Severity.Info));
            return;
        }

        spell.Add(occurred.Seq, measured);
        if (occurred.MonotonicNs - spell.SinceNs >= options.Patience.TotalNanoseconds && spell.Told < Severity.High
            && IsMining(spell, (occurred.MonotonicNs - spell.SinceNs) / 1e9))
        {
            Judge(occurred, measured, spell, findings);
        }
    }

    private bool IsMining(Spell spell, double seconds) =>
        Rate(spell.Out.Messages, seconds) + Rate(spell.Back.Messages, seconds) is { } rate
        && rate >= options.MessagesPerMinuteMin && rate <= options.MessagesPerMinuteMax
        && IsSmall(spell.Out) && IsSmall(spell.Back);

    private bool IsSmall((long Messages, long Bytes) side) => side.Messages > 0
        && side.Bytes / (double)side.Messages is { } mean
        && mean >= options.BytesMeanMin && mean <= options.BytesMeanMax;

    private static double Rate(long messages, double seconds) => messages * 60 / seconds;

    private void Judge(
        Event occurred, Fact.FlowMeasured measured, Spell spell, ICollection<Finding> findings)
    {
        CallBurn? burn = _burns.Find(occurred.Subject.Call);
        (double cores, long sample) = burn?.Since(spell.SinceNs) ?? (0, 0);
        bool burns = cores >= options.CoresMin;
        string? unentitled = !burns ? null
            : burn!.Mark.Weight >= MarkWeight.Telling ? burn.Mark.What
            : burn.Ended && burn.IsSilent(options.OutputMax) ? "had ended before, and put nothing out" : null;
        Severity severity = unentitled is null ? Severity.Medium : Severity.High;
        if (severity <= spell.Told)
        {
            return;
        }

        spell.Told = severity;
        double minutes = (occurred.MonotonicNs - spell.SinceNs) / 60e9;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Mining,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.95 : !burns ? 0.5 : burn!.Wrote ? 0.6 : 0.8,
            Subject = occurred.Subject,
            Flow = measured.Flow,
            Evidence = burns ? [spell.FirstSeq, sample, occurred.Seq] : [spell.FirstSeq, occurred.Seq],
            Explanation = $"exchanged few small encrypted messages for {minutes:0.0} minutes without a pause"
                + (burns ? $" while its call kept {cores:0.0} cores busy" : "")
                + (unentitled is null ? "" : $"; the call {unentitled}"),
            Technique = "T1496",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private sealed class Spell(long sinceNs, Severity told)
    {
        internal long SinceNs => sinceNs;

        internal long FirstSeq { get; private set; }

        internal (long Messages, long Bytes) Out { get; private set; }

        internal (long Messages, long Bytes) Back { get; private set; }

        internal Severity Told { get; set; } = told;

        internal void Add(long seq, Fact.FlowMeasured measured)
        {
            FirstSeq = FirstSeq == 0 ? seq : FirstSeq;
            Out = (Out.Messages + measured.Out.Messages, Out.Bytes + measured.Out.Bytes);
            Back = (Back.Messages + measured.Back.Messages, Back.Bytes + measured.Back.Bytes);
        }
    }
}
