using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Sampling;
using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

public class ChainTests
{
    private const int Range = 900;
    private const double Found = 0.95, Whole = 0.5;

    [Fact]
    public void Without_a_likelihood_the_chain_wanders_over_the_prior()
    {
        // Every move, jumps and whole groups among them, has to pay for where it proposes to go.
        CaseFrame frame = CaseFrame.Of(CaseSimulator.Make(SimulationSetting.All["easy"], 3).Case);
        int task = Enumerable.Range(0, frame.Tasks.Length).First(t => frame.Task.Contains(t));
        HashSet<int> cells = [.. Enumerable.Range(0, frame.Calls).Where(c => frame.Task[c] == task)
            .Select(c => frame.Cell[c])];
        SampleSpace space = new(frame, [task], [.. Enumerable.Range(0, frame.Alerts)], cells, -1e9, 1e9);
        StartingPoint[] starts = [.. space.Groups.Select((g, i) => new StartingPoint(40 * i, 10 - i, g, 1))];
        Chain chain = new(space, new ClockParameters(0, 0, 1, 0.6), 0, Range, 5, starts);
        const int sweeps = 8000;
        double[] share = new double[space.Groups.Length], all = new double[space.Groups.Length];
        double near = 0;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            chain.Sweep();
            near += Math.Abs(chain.State.Clock.Offset) < Range / 2 ? 1.0 / sweeps : 0;
            for (int g = 0; g < share.Length; g++)
            {
                int bad = chain.State.GroupBad[g], of = space.Groups[g].Count;
                share[g] += (double)bad / of / sweeps;
                all[g] += bad == of ? 1.0 / sweeps : 0;
            }
        }

        Assert.InRange(near, 0.3, 0.7);
        for (int g = 0; g < share.Length; g++)
        {
            int of = space.Groups[g].Count;
            Assert.InRange(share[g], (Found * 0.75) - 0.12, (Found * 0.75) + 0.12);
            double whole = Found * (Whole + ((1 - Whole) / (of + 1)));
            Assert.InRange(all[g], whole - 0.12, whole + 0.12);
        }
    }

    [Fact]
    public void Jumps_go_where_the_scan_saw_peaks_and_know_how_likely_that_was()
    {
        CaseFrame frame = CaseFrame.Of(CaseSimulator.Make(SimulationSetting.All["easy"], 3).Case);
        SampleSpace space = new(frame, [0], [.. Enumerable.Range(0, frame.Alerts)], new HashSet<int>(), -1e9, 1e9);
        ClockPeaks peaks = new(
            space, [new StartingPoint(-100, 12, [0], 1), new StartingPoint(250, 10, [0], 1)], 2);
        Random random = new(1);
        int group = space.GroupOf[0];
        double[] drawn = [.. Enumerable.Range(0, 4000).Select(_ => peaks.Draw(group, random))];
        double louder = drawn.Count(d => d < 0) / (double)drawn.Length;
        Assert.InRange(louder, 1 / (1 + Math.Exp(-1)) - 0.03, 1 / (1 + Math.Exp(-1)) + 0.03);
        Assert.All(drawn, d => Assert.True(Math.Abs(d + 100) < 12 || Math.Abs(d - 250) < 12));
        double mass = Enumerable.Range(-9000, 18_000).Sum(i => 0.1 * Math.Exp(peaks.LogDensity(group, i * 0.1)));
        Assert.Equal(1, mass, 1e-3);
        Assert.Equal(group, peaks.Group(random));
    }
}
