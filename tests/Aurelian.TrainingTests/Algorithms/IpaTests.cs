using Aurelian.Training.Algorithms;
using Aurelian.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Aurelian.TrainingTests.Algorithms;

public sealed class IpaTests
{
    public IpaTests() => TorchLibrary.Load(threads: 1);

    [Fact]
    public void A_chunk_after_the_deciding_one_shares_its_return() =>
        Assert.Equal([0.25, 0.5, 1, 1], Ipa.ChunkReturns(4, 1, 0.5, deciding: 2));

    [Fact]
    public void The_crucial_chunk_is_the_steepest_rise_of_success()
    {
        Assert.Equal(2, PrefixPlanner.FindCrucial([0.1, 0.2, 0.9, 1], 0.3));
        Assert.Null(PrefixPlanner.FindCrucial([0.5, 0.6, 0.6, 0.7], 0.3));
    }

    [Fact]
    public void Starts_are_spread_over_the_trajectory_and_leave_something_to_do()
    {
        Assert.Equal([0, 0, 1, 2, 2, 3], PrefixPlanner.Spread(4, 6));
        Assert.Equal([0, 0], PrefixPlanner.Spread(1, 2));
    }

    [Fact]
    public void The_start_moves_back_when_the_tail_is_learnt_and_stays_otherwise()
    {
        SequentialRollback rollback = new(3, learnt: 0.5);
        List<int> starts = [rollback.Start];
        foreach (double[] rewards in (double[][])[[0, -1], [1, 0], [], [1, 1], [1, 1]])
        {
            rollback.Observe(rewards);
            starts.Add(rollback.Start);
        }

        Assert.Equal([2, 2, 1, 1, 0, 0], starts);
    }

    [Fact]
    public void The_hybrid_loss_is_imitation_of_the_prefix_and_reinforcement_of_the_rest()
    {
        IpaSettings settings = new(Gamma: 1, ImitationWeight: 0.5, ReinforcementWeight: 2);
        Tensor prefix = tensor(new[] { -1.0, -3.0 }, requires_grad: true);
        Tensor rest = tensor(new[] { -0.5 }, requires_grad: true);

        Tensor loss = Ipa.Hybrid([prefix], [new(rest, rest.detach(), rest.detach(), [1], 1)], settings);
        loss.backward();

        Assert.Equal(0.5 * 2 + 2 * 0.5, loss.item<double>(), 1e-12);
        Assert.Equal([-0.25, -0.25], prefix.grad!.data<double>().ToArray());
        Assert.Equal([-2.0], rest.grad!.data<double>().ToArray());
    }

    [Fact]
    public void A_chunk_whose_sampler_strayed_is_left_out_and_counted()
    {
        Tensor now = tensor(new[] { -1.0, -1.0 }, requires_grad: true);
        LossEpisode strayed = new(now, tensor(new[] { -1.0, -1.0 }), tensor(new[] { -1.0, -2.0 }), [1, 1], 1);

        Tensor loss = Ipa.Loss([strayed], new IpaSettings());
        loss.backward();

        Assert.Equal(1, Ipa.CountKept(strayed, new IpaSettings()));
        Assert.Equal([-0.95, 0], now.grad!.data<double>().ToArray());
    }

    [Fact]
    public void Imitation_leaves_out_chunks_that_erred()
    {
        Tensor good = tensor(new[] { -1.0, -2.0 }, requires_grad: true), bad = tensor(new[] { -9.0 },
            requires_grad: true);

        Tensor loss = Imitation.Loss([good, bad], [true, false]);

        Assert.Equal(1.5, loss.item<double>(), 1e-12);
    }
}
