using Aurelian.Training;
using Aurelian.Training.Commands;
using Aurelian.Training.Jobs;
using Aurelian.TrainingTests.Learning;

namespace Aurelian.TrainingTests.Jobs;

public sealed class JobMemoryTests
{
    [Fact]
    public void A_job_that_cannot_fit_is_refused_with_its_size_before_anything_starts()
    {
        TrainingJob job = TrainerRig.Job(1);
        JobMemory.Require([job]);
        TrainingException refused = Assert.Throws<TrainingException>(() => JobMemory.Require(
        [
            job with { Model = new ModelSettings(null, 200_000, 8192, 128, 64, 8, 128, 1024, 8, 8192) },
        ]));
        Assert.Equal(TrainingFailure.BadInput, refused.Reason);
        Assert.Contains("'rig'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("GiB are free", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_and_a_fine_tuning_refuse_it_too()
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-job-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "tasks/t/tests"));
        File.WriteAllText(Path.Combine(folder, "tasks/t/task.toml"), "");
        File.WriteAllText(Path.Combine(folder, "tasks/t/instruction.md"), "Do it.");
        File.WriteAllText(Path.Combine(folder, "tasks/t/tests/test.sh"), "");
        File.WriteAllText(Path.Combine(folder, "shown.jsonl"), """
            {"kind":"right","instruction":"Do it.","turns":[{"command":"a","output":""}]}
            """);
        string file = Path.Combine(folder, "job.toml");
        File.WriteAllText(file, """
            [model]
            hidden = 8192
            layers = 128
            experts = 1024
            expert_width = 8192
            [warm_start]
            demonstrations = "shown.jsonl"
            [tasks]
            train = "tasks"
            held_out = "tasks"
            """);
        using StringWriter output = new();
        TrainRequest request = new(file, DryRun: true, 1, [], false, null, 0, null, null, folder);

        Refused("training 'job'", () => TrainAction.RunAsync(request, output, TimeProvider.System, default)
            .GetAwaiter().GetResult());
        Refused("fine-tuning 'job'", () => SftAction.RunAsync(
            file, Path.Combine(folder, "out"), output, TimeProvider.System, default).GetAwaiter().GetResult());
        Assert.Equal("", output.ToString());
        Assert.Equal(3, Directory.GetFileSystemEntries(folder).Length);
        Directory.Delete(folder, true);

        static void Refused(string what, Action command)
        {
            TrainingException refused = Assert.Throws<TrainingException>(command);
            Assert.Equal(TrainingFailure.BadInput, refused.Reason);
            Assert.StartsWith(what, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_warm_start_with_larger_batches_than_the_reinforcement_counts()
    {
        TrainingJob job = TrainerRig.Job(1);
        TrainingJob warm = job with
        {
            WarmStart = job.WarmStart with { Demonstrations = "shown.jsonl", Steps = 1, Batch = 4096 },
        };
        Assert.Equal(JobMemory.TuningBytes(warm), JobMemory.Bytes(warm));
        Assert.True(JobMemory.Bytes(warm) > 10 * JobMemory.Bytes(job));
    }

    [Fact]
    public void Longer_episodes_need_more()
    {
        TrainingJob job = TrainerRig.Job(1);
        TrainingJob longer = job with { Algorithm = job.Algorithm with { ContextTokens = 64 * 64 } };
        Assert.True(JobMemory.Bytes(longer) > 64 * JobMemory.Bytes(job) / 2);
    }
}
