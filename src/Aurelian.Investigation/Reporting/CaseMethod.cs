using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Reporting;

/// <summary>The clocks and the method, in words for people who have to act on them.</summary>
internal static class CaseMethod
{
    internal static void WriteClock(CaseHtml html, SolvedCase solved)
    {
        ClockEstimate clock = solved.Answer.Clock;
        html.Raw("<div class=wide style=\"padding:14px 18px\"><dl><dt>offset<dd>").Text(
            clock.OffsetSeconds is { } offset ? $"{CaseWords.Number(offset, "+0.0;-0.0")} s, with 95 % between "
                + $"{CaseWords.Range(clock.OffsetInterval, "0.0")} s: the firewall's clock is "
                + $"{(offset < 0 ? "behind" : "ahead of")} the traces'"
            : "unknown: nothing in the data tells by how much the clocks differ").Raw("<dt>how it is known<dd>").Text(
            clock.Status switch
            {
                ClockStatus.Exact => "from connections that stand in both logs",
                ClockStatus.Estimated => "estimated together with who did it; the interval holds what that leaves open",
                ClockStatus.Unknown => "it is not",
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        if (clock.DriftPpm is { } drift)
        {
            html.Raw("<dt>drift<dd>").Text($"{CaseWords.Number(drift)} millionths, between "
                + $"{CaseWords.Range(clock.DriftInterval, "0.#")}: "
                + $"{CaseWords.Number(Math.Abs(drift) * 1e-6 * 3600, "0.##")} s an hour");
        }

        if (clock.OnsetLagSeconds is { } lag)
        {
            html.Raw("<dt>first alert<dd>").Text($"{CaseWords.Number(lag, "0.0")} s after a call's start, between "
                + $"{CaseWords.Range(clock.OnsetLagInterval, "0.0")} s");
        }

        if (clock.ZoneShiftSeconds != 0)
        {
            html.Raw("<dt>time zone<dd>").Text($"{CaseWords.Number(clock.ZoneShiftSeconds / 3600, "+0.##;-0.##")} "
                + "hours of the offset are taken for a mistaken time zone");
        }

        html.Raw("<dt>stamps<dd>").Text($"rounded down to {CaseWords.Number(clock.GrainSeconds, "0.######")} s")
            .Raw("</dl></div>");
    }

    internal static void Write(CaseHtml html) => html.Raw("""
        <p>A firewall outside sees one address and a second on its own clock; behind the address many sandboxes ran at
        once. So an alert alone names nobody. These steps lead from it to a tool call:</p>
        <ol><li><b>Exact joins first.</b> Where a translation or connection log holds the alert's addresses, ports and
        time, the alert belongs to that sandbox. Such answers are marked exact; all others are probabilities.</li>
        <li><b>The clocks.</b> By how much the firewall's clock differs from the traces' is estimated together with how
        soon after a call's start an alert comes: over many alerts only one reading makes the same calls fit again and
        again.</li>
        <li><b>Who fits.</b> Each task, command, tool and episode is a candidate cause. While it is active it may raise
        alerts at a rate of its own, also after a call returned, until its sandbox is gone; all else is a steady
        background. Every alert is shared out over the calls that ran at its moment and the background, in proportion to
        how well each explains all alerts together. That share is the probability shown.</li>
        <li><b>Whether it is more than chance.</b> The same search runs on rounds in which each task's visits are moved
        in time, so that nothing real is left; sibling rollouts stay together. A cause counts as found when q ≤ 0.05: of
        all causes called found, at most one in twenty is expected to be so by chance.</li>
        <li><b>What the commands say.</b> The suspects' commands are read by the detection rules afterwards. What a rule
        says stands beside the statistic and changes no number in it: a command that looks bad is no proof, and one that
        looks harmless no alibi.</li></ol>
        <p>It is an association in time, as strong as its numbers. It cannot see a cause that is in no trace, and it
        cannot tell two calls apart that always ran together.</p>
        """);
}
