using Aurelian.Training;
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
    public void Longer_episodes_need_more()
    {
        TrainingJob job = TrainerRig.Job(1);
        TrainingJob longer = job with { Algorithm = job.Algorithm with { ContextTokens = 64 * 64 } };
        Assert.True(JobMemory.Bytes(longer) > 64 * JobMemory.Bytes(job) / 2);
    }
}
