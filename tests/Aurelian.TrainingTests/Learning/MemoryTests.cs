using System.Globalization;
using Aurelian.Events;
using Aurelian.Training.Rollouts;

namespace Aurelian.TrainingTests.Learning;

public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Steps = 2000;

    /// <summary>Long; native tensors that nobody released would show as a slope.</summary>
    [Fact(Explicit = true)]
    public async Task Resident_memory_is_flat_over_two_thousand_steps()
    {
        using TrainerRig rig = new();
        Measured rollouts = new();

        await rig.RunAsync(
            TrainerRig.Job(Steps, checkpointEvery: 500), rollouts, TestContext.Current.CancellationToken);

        // The first tenth fills pools and compiles what is hot.
        double[] after = [.. rollouts.Megabytes.Skip(rollouts.Megabytes.Count / 10)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{after[0]:0} MB, then {after.Min():0} to {after.Max():0} MB"));
        Assert.InRange(after.Max(), after[0] * 0.95, after[0] * 1.05);
    }

    /// <summary>The same eight episodes each step; reads what the process holds before them.</summary>
    private sealed class Measured : IRollouts
    {
        private const int Every = 20;

        private readonly List<Trajectory> _episodes = TrainerRig.Recorded(1);

        internal List<double> Megabytes { get; } = [];

        public Task<IReadOnlyList<Trajectory>> RollAsync(
            IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken)
        {
            if (requests is [{ } first, ..] && first.Step % Every == 0)
            {
                GC.Collect();
                Megabytes.Add(Environment.WorkingSet / 1e6);
            }

            return Task.FromResult<IReadOnlyList<Trajectory>>([.. requests.Select((request, index) =>
                _episodes[index % _episodes.Count] with
                {
                    Episode = $"r/e{request.Step}-{index}", Task = request.Task.Name, Step = request.Step,
                    Group = request.Group, Version = request.Step - 1,
                })]);
        }

        public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
            string episode, CancellationToken cancellationToken) => Task.FromResult<(VerdictState, bool)?>(null);
    }
}
