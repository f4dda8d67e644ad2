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
        float[][] rounds = Made(task => task == 0 ? 30 : 1);
        KindNull chance = Null(Tasks, k => k, rounds);
        float[] pooled = [.. rounds.SelectMany(r => r).Order()];
        Assert.InRange(new NullTail(pooled, pooled.Length).PValue(30), 0.02, 1);
        Assert.InRange(chance.PValue(0, 30), 0, 1e-6);
        Assert.InRange(chance.PValue(1, 30), 0.02, 1);
    }

    [Fact]
    public void Nor_does_what_another_of_the_same_visit_reaches()
    {
        // Calls 0 and 1 are of one visit: they are turned together.
        KindNull chance = Null(Tasks, k => k == 1 ? 0 : k, Made(task => task == 1 ? 30 : 1));
        Assert.InRange(chance.PValue(0, 30), 0, 1e-6);
        Assert.InRange(chance.PValue(2, 30), 0.02, 1);
    }

    [Fact]
    public void Where_hardly_any_other_is_left_it_is_compared_with_itself_too()
    {
        KindNull chance = Null(4, k => k, Made(task => task == 0 ? 30 : 1));
        Assert.InRange(chance.PValue(0, 30), 0.02, 1);
    }

    [Fact]
    public void The_share_of_others_is_counted_among_all_of_theirs()
    {
        // Of 11 others in 39 rounds each every value counts: thirty reach 5 or more.
        int given = 0;
        KindNull chance = Null(Tasks, k => k, [.. Enumerable.Range(0, Rounds).Select(_ => (float[])[
            .. Enumerable.Range(0, Tasks).Select(task => task > 0 && given++ < 30 ? 5 + (given / 100f) : 0.5f)])]);
        Assert.Equal(31.0 / ((11 * Rounds) + 1), chance.PValue(0, 5), 1e-9);
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2 }, 7)]
    [InlineData(new[] { 0, 3, 1 }, 7)]
    [InlineData(new[] { 0, 1, 3, 4 }, null)]
    [InlineData(new int[0], null)]
    public void Most_is_more_than_half(int[] calls, int? most) =>
        Assert.Equal(most, KindNull.MostOf(calls, [7, 7, 7, 8, 9]));

    private static float[][] Made(Func<int, float> height) => [.. Enumerable.Range(0, Rounds).Select(round =>
        (float[])[.. Enumerable.Range(0, Tasks).Select(task => round % 2 == 0 ? height(task) : 0.5f)])];

    // One call an episode, each a cause; those of one task run at once, as one visit.
    private static KindNull Null(int causes, Func<int, int> taskOf, float[][] rounds)
    {
        CaseFrame frame = CaseFrame.Of(new InvestigationCase
        {
            Alerts = [new CaseAlert { Line = 1, Time = 5, Type = "Scan" }],
            Calls = [.. Enumerable.Range(0, Tasks).Select(k => InvestigatorTests.Call(
                $"c{k:d2}", $"e{k:d2}", 1000 * taskOf(k), (1000 * taskOf(k)) + 50) with { Task = $"t{taskOf(k):d2}" })],
        });
        List<Cause> episodes = [.. CauseIndex.Of(frame).Where(c => c.Kind == CauseKind.Episode)];
        CauseScan scan = new(frame, episodes, frame.AlertTime, frame.AlertType, 900, 1);
        return new KindNull(frame, scan, [.. Enumerable.Range(0, causes)], rounds);
    }
}
