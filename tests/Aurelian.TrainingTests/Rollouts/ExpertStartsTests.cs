using Aurelian.Agents;
using Aurelian.Training.Rollouts;
using Aurelian.Training.WarmUp;

namespace Aurelian.TrainingTests.Rollouts;

public sealed class ExpertStartsTests
{
    private static readonly TaskPlan Plan =
        new("t", "/t", "Do it.\n", "/t/f", "/t/tests", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

    private static readonly Demonstration[] Shown =
    [
        new("wrong", "Do it.", [new("x", "")]), new("right", "Do it.", [new("a", ""), new("b", "")]),
    ];

    [Fact]
    public void Spread_starts_replay_none_to_all_of_a_right_experts_commands()
    {
        ExpertStarts starts = new(StartKind.Spread, Shown);

        Assert.Equal(["", "a", "a b"],
            Enumerable.Range(0, 3).Select(sample => string.Join(' ', starts.Prefix(Plan, sample, 3) ?? [])));
    }

    [Fact]
    public void Rollback_moves_back_when_the_tail_is_learnt_and_goes_on_from_a_checkpoint()
    {
        ExpertStarts starts = new(StartKind.Rollback, Shown);
        Assert.Equal(["a", "b"], starts.Prefix(Plan, 0, 4)!);

        starts.Observe(Plan, [(2, 1), (2, 1), (2, 0)]);
        ExpertStarts again = new(StartKind.Rollback, Shown);
        again.Restore(starts.Places, starts.Tries);

        Assert.Equal(["a"], again.Prefix(Plan, 0, 4)!);
        again.Observe(Plan, [(1, 1)]);
        Assert.Null(again.Prefix(Plan, 0, 4));
    }

    [Fact]
    public void The_search_starts_half_a_group_before_the_crucial_chunk_and_goes_on_from_a_checkpoint()
    {
        ExpertStarts starts = new(StartKind.Crucial, Shown);
        // Who is given both commands succeeds, nobody else does: the second one is crucial.
        (int, double)[] played = [.. Enumerable.Range(0, 12).Select(at => (at % 3, at % 3 == 2 ? 1.0 : 0))];
        starts.Observe(Plan, played[..9]);
        Assert.Equal([0, 0, 1, 2], Counts(starts));

        starts.Observe(Plan, played[9..]);
        ExpertStarts again = new(StartKind.Crucial, Shown);
        again.Restore(starts.Places, starts.Tries);

        Assert.Equal([1, 1, 0, 0], Counts(starts));
        Assert.Equal([1, 1, 0, 0], Counts(again));
    }

    private static IEnumerable<int> Counts(ExpertStarts starts) =>
        Enumerable.Range(0, 4).Select(sample => starts.Prefix(Plan, sample, 4)?.Count ?? 0);

    [Fact]
    public void A_task_that_no_expert_showed_starts_at_its_beginning() => Assert.Null(
        new ExpertStarts(StartKind.Spread, Shown).Prefix(Plan with { Instruction = "Other." }, 2, 3));
}
