using Aurelian.Training.Engines;
using Aurelian.Training.Engines.Tinker;
using Aurelian.Training.Jobs;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Recording;
using Aurelian.Training.Rollouts;
using Aurelian.Training.WarmUp;
using Aurelian.TrainingTests.Learning;
using Aurelian.TrainingTests.Model;
using Aurelian.TrainingTests.Serving;

namespace Aurelian.TrainingTests.Engines;

/// <summary>
/// The same job, on the built-in engine and through <c>serve-model</c> over HTTP, all weights learning. Adam divides by
/// gradients' sizes, so single rounding errors grow with the steps: 1e-4 of the loss after four.
/// </summary>
public sealed class SameLossesTests(ITestOutputHelper output)
{
    private const int Steps = 4;
    private const double Tolerance = 1e-4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ipa", 0)]
    [InlineData("ipa", 1)]
    [InlineData("grpo", 1)]
    [InlineData("gspo", 0)]
    [InlineData("reinforce", 0)]
    public async Task A_job_through_a_server_has_the_built_in_engine_s_losses(string algorithm, int gap)
    {
        TrainingJob job = Job(algorithm, gap);
        // An expert's first chunk in every third: IPA's hybrid loss, beside what the policy itself sampled.
        List<Trajectory> recorded = [.. TrainerRig.Recorded(Steps)
            .Select((each, at) => at % 3 == 0 ? each with { PrefixChunks = 1 } : each)];
        using TrainerRig here = new(), there = new();
        await here.RunAsync(job, new RecordedRollouts(recorded), Token);
        await using TinkerRig rig = await TinkerRig.StartAsync(job);
        await using (IEngine engine = await rig.OpenAsync(job))
        {
            await there.RunAsync(job, engine, new RecordedRollouts(recorded), Token);
        }

        MetricsLine[] wanted = Updates(here), got = Updates(there);
        Assert.Equal(Steps, wanted.Length);
        Assert.Equal(Steps, wanted.Select(line => line.Values["gradient-norm"]).Distinct().Count());
        double largest = 0;
        foreach ((MetricsLine one, MetricsLine other) in wanted.Zip(got, (one, other) => (one, other)))
        {
            foreach (string name in new[] { "loss", "gradient-norm", "chunks-kept", "sampler-mismatch" })
            {
                double value = one.Values[name];
                Assert.Equal(value, other.Values[name], Tolerance * Math.Max(1, Math.Abs(value)));
                largest = Math.Max(largest, Math.Abs(value - other.Values[name]) / Math.Max(1, Math.Abs(value)));
            }
        }

        output.WriteLine(FormattableString.Invariant($"largest difference {largest:g2}"));
    }

    [Fact]
    public async Task A_warm_start_through_a_server_has_the_built_in_engine_s_losses_and_then_samples_alike()
    {
        ChatTokens tokens = ChatTokens.Learn(["sort a.txt and say done"], 290);
        using Qwen3MoeModel model = TinyModels.New(TinyModels.Config with { VocabularySize = tokens.Count });
        TrainingJob job = Job("ipa", 0);
        job = job with
        {
            WarmStart = new WarmStartSettings(null, 5, 3, 3e-3, 1, false),
            Algorithm = job.Algorithm with { ContextTokens = 200 },
        };
        Demonstration[] shown =
        [
            new("right", "Sort.", [new("sort a", "a\nb"), new("oops", "no", Erred: true)]),
            new("right", "Say it.", [new("echo it", "it")]),
        ];
        await using ServedRig rig = await ServedRig.StartAsync(model, tokens.Save);
        await using TinkerEngine there = await TinkerEngine.OpenAsync(
            job, TinkerRig.Settings(rig, rig.Folder), new AdamWSettings(), null, TimeProvider.System, Token);
        await using BuiltInEngine here = new(
            new(TinyModels.New(model.Config), tokens), new AdamWSettings(), job.Algorithm, TimeProvider.System);
        List<double> wanted = [], got = [];

        await WarmStart.RunAsync(here, shown, job, line => wanted.Add(line.Values["loss"]), Token);
        await WarmStart.RunAsync(there, shown, job, line => got.Add(line.Values["loss"]), Token);

        Assert.Equal(Assert.Single(wanted), Assert.Single(got), Tolerance * wanted[0]);
        foreach (IEngine engine in new IEngine[] { here, there })
        {
            _ = engine.Sampler;
            await engine.PublishAsync(7, Token);
        }

        int[] context = new ChatFrame(tokens).Open("Sort.");
        Sample one = await here.Sampler.SampleAsync(context, 12, new Random(4), Token);
        Sample other = await there.Sampler.SampleAsync(context, 12, new Random(4), Token);
        Assert.Equal((7, 7), (one.Version, other.Version));
        Assert.Equal(other.Ids.Length, other.LogProbs.Length);
        Assert.Equal(Scores(here, context, other.Ids), other.LogProbs.Sum(), 1e-2);
    }

    private static TrainingJob Job(string algorithm, int gap)
    {
        TrainingJob job = TrainerRig.Job(Steps, algorithm: algorithm);
        return job with { Algorithm = job.Algorithm with { RouterLoss = 0, VersionGapMax = gap } };
    }

    private static MetricsLine[] Updates(TrainerRig rig) =>
        [.. rig.Lines.Where(line => line.Values.ContainsKey("loss"))];

    /// <summary>The sum of the built-in engine's log-probabilities, by a lesson that changes nothing.</summary>
    private static double Scores(BuiltInEngine engine, int[] context, int[] ids) => -engine.UpdateAsync(
        [new Lesson([[.. context, .. ids]], (_, at) => at >= context.Length, scores => -scores.sum(), 1)], 0, Token)
        .Result!.Loss;
}
