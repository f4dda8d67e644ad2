using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Causes;

namespace Aurelian.UnitTests.Investigation.Core;

public class KindNullTests
{
    private const int Tasks = 12;
    private const int Rounds = 39;

    [Fact]
    public void What_a_cause_reaches_in_its_own_rounds_does_not_speak_against_it()
    {
        // Turned as a whole and turned back by the search for the offset: task 0 reaches 30 in every other round.
        (CauseScan scan, int[] causes) = Scan();
        KindNull chance = new(scan, causes, Made(task => task == 0 ? 30 : 1));
        NullTail pooled = new([.. Made(task => task == 0 ? 30 : 1).SelectMany(r => r).Order()]);
        Assert.InRange(pooled.PValue(30), 0.02, 1);
        Assert.InRange(chance.PValue(0, 30), 0, 1e-6);
        Assert.InRange(chance.PValue(1, 30), 0.02, 1);
    }

    [Fact]
    public void Where_hardly_any_other_is_left_it_is_compared_with_itself_too()
    {
        (CauseScan scan, int[] causes) = Scan();
        KindNull chance = new(scan, causes[..4], Made(task => task == 0 ? 30 : 1));
        Assert.InRange(chance.PValue(0, 30), 0.02, 1);
    }

    private static float[][] Made(Func<int, float> height) => [.. Enumerable.Range(0, Rounds).Select(round =>
        (float[])[.. Enumerable.Range(0, Tasks).Select(task => round % 2 == 0 ? height(task) : 0.5f)])];

    private static (CauseScan Scan, int[] Causes) Scan()
    {
        CaseFrame frame = CaseFrame.Of(new InvestigationCase
        {
            Alerts = [new CaseAlert { Line = 1, Time = 5, Type = "Scan" }],
            Calls = [.. Enumerable.Range(0, Tasks).Select(k =>
                InvestigatorTests.Call($"c{k}", $"e{k}", 100 * k, (100 * k) + 50) with { Task = $"t{k:d2}" })],
        });
        List<Cause> tasks = [.. CauseIndex.Of(frame).Where(c => c.Kind == CauseKind.Task)];
        return (new CauseScan(frame, tasks, frame.AlertTime, frame.AlertType, 900, 1),
            [.. Enumerable.Range(0, Tasks)]);
    }
}
