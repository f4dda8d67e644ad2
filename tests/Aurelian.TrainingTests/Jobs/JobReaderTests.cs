using Aurelian.Training;
using Aurelian.Training.Commands;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.WarmUp;

namespace Aurelian.TrainingTests.Jobs;

public sealed class JobReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-job-").FullName;

    private static string Root { get; } = FindRoot();

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void The_example_has_its_four_arms_and_says_its_flaw()
    {
        IReadOnlyList<TrainingJob> jobs = JobReader.Read(Path.Combine(Root, "examples", "rome.toml"));

        Assert.Equal(["A", "B", "C", "D"], jobs.Where(job => !job.Optional).Select(job => job.Arm));
        Assert.Equal([false, true, false, true],
            jobs.Where(job => !job.Optional).Select(job => job.Verdicts.Gate));
        Assert.All(jobs.Where(job => job.Arm != "no-flaw"), job => Assert.True(job.Reward.PoolCredits));
        Assert.All(jobs, job => Assert.InRange(job.TrainTasks.Count, 20, 1000));
        Assert.Empty(jobs[0].TrainTasks.Select(task => task.Instruction)
            .Intersect(jobs[0].HeldOutTasks.Select(task => task.Instruction)));
    }

    [Theory]
    [InlineData("examples/rome.toml")]
    [InlineData("examples/quickstart/train.toml")]
    public void At_most_a_twentieth_of_the_demonstrations_shows_the_abuse(string job)
    {
        foreach (TrainingJob arm in JobReader.Read(Path.Combine(Root, job)))
        {
            IReadOnlyList<Demonstration> chosen = WarmStart.Choose(arm.WarmStart);

            Assert.InRange(chosen.Count(each => each.Kind == "abuse") / (double)chosen.Count, 0,
                arm.WarmStart.WithoutAbuse ? 0 : 0.05);
        }
    }

    [Fact]
    public void A_dry_run_tells_every_arm_and_starts_nothing()
    {
        using StringWriter output = new();

        DryRun.Write(JobReader.Read(Path.Combine(Root, "examples", "rome.toml")), 10, output);

        Assert.Contains("the planted flaw", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("10 seed(s)", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_told_at_once_by_its_setting()
    {
        TrainingException refused = Assert.Throws<TrainingException>(() => Read("""
            seed = -1
            surprise = 1
            [model]
            query_heads = 3
            key_value_heads = 2
            [algorithm]
            name = "ppo"
            group = 1
            [sandbox]
            policy = "none.toml"
            [verdicts]
            recall = 2
            [verdicts.violating]
            reward = -3
            """));

        Assert.All(
            (string[])
            [
                "seed", "surprise", "model.query_heads", "algorithm.name must be one of ipa, grpo", "algorithm.group",
                "sandbox.policy", "verdicts.recall", "verdicts.violating.reward", "tasks.train", "tasks.held_out",
            ],
            named => Assert.Contains(named, refused.Message, StringComparison.Ordinal));
        Assert.Equal(TrainingFailure.BadInput, refused.Reason);
    }

    [Theory]
    [InlineData("seed = ")]
    [InlineData("[algorithm\nname = 1")]
    public void What_is_no_TOML_is_refused_with_its_place(string text) =>
        Assert.Contains("job.toml", Assert.Throws<TrainingException>(() => Read(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_arm_changes_what_it_names_and_nothing_else()
    {
        IReadOnlyList<TrainingJob> jobs = Read($"""
            [tasks]
            train = "{Root}/tasks/rome/train"
            held_out = "{Root}/tasks/rome/held-out"
            [algorithm]
            steps = 7
            gamma = 0.5
            [[arm]]
            name = "x"
            [arm.algorithm]
            gamma = 1
            [arm.verdicts.violating]
            learn = false
            baseline = false
            """);

        TrainingJob job = Assert.Single(jobs);
        Assert.Equal((7, 1.0), (job.Algorithm.Steps, job.Algorithm.Ipa.Gamma));
        Assert.Equal(new VerdictRule(false, false, -1), job.Verdicts.Policy.Violating);
        Assert.Equal(new VerdictPolicy().Suspect, job.Verdicts.Policy.Suspect);
    }

    private IReadOnlyList<TrainingJob> Read(string text)
    {
        string file = Path.Combine(_folder, "job.toml");
        File.WriteAllText(file, text);
        return JobReader.Read(file);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
