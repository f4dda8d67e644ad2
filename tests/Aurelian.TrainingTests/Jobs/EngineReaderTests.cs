using Aurelian.Training;
using Aurelian.Training.Commands;
using Aurelian.Training.Engines;
using Aurelian.Training.Jobs;
using Aurelian.Training.Rollouts;
using TorchSharp;

namespace Aurelian.TrainingTests.Jobs;

public sealed class EngineReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Example => Path.Combine(Reference.RepositoryRoot(), "examples", "rome.toml");

    public EngineReaderTests() => ChatTokens.Learn(["nothing"], 290).Save(_folder.File("tokens"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_example_s_commented_engine_is_all_that_a_server_needs()
    {
        const string key = "TINKER_API_KEY";
        string? before = Environment.GetEnvironmentVariable(key);
        Environment.SetEnvironmentVariable(key, "tml-any");
        try
        {
            string[] commented = [.. File.ReadLines(Example).SkipWhile(line => line != "# [engine]").Skip(1)
                .TakeWhile(line => line.StartsWith("# ", StringComparison.Ordinal)).Select(line => line[2..])];
            IReadOnlyList<TrainingJob> jobs = Read(string.Join('\n', commented)
                .Replace("\"Qwen3-30B-A3B\"", "\"tokens\"", StringComparison.Ordinal));

            Assert.All(jobs, job => Assert.Equal(
                ("Qwen/Qwen3-30B-A3B", key, 32, 0.0),
                (job.Tinker!.BaseModel, job.Tinker.KeyVariable, job.Tinker.Rank, job.Algorithm.RouterLoss)));
            using StringWriter output = new();
            DryRun.Write(jobs, 1, output);
            Assert.Contains("tinker: Qwen/Qwen3-30B-A3B at http://127.0.0.1:8000/, LoRA of rank 32",
                output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(key, before);
        }
    }

    [Fact]
    public void Without_one_the_engine_is_built_in_and_its_router_is_balanced()
    {
        TrainingJob job = Read("kind = \"built-in\"")[0];

        Assert.Null(job.Tinker);
        Assert.Equal(1e-3, job.Algorithm.RouterLoss);
        using StringWriter output = new();
        DryRun.Write([job], 1, output);
        Assert.Contains("engine      built-in", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_server_cannot_honour_and_what_is_missing_is_told_at_once_by_its_setting()
    {
        string told = Assert.Throws<TrainingException>(() => Read("""
            kind = "tinker"
            url = "http://10.0.0.7:8000"
            api_key_variable = "AURELIAN_TEST_NOBODY_SETS_THIS"
            rank = -1
            [[arm]]
            name = "served"
            [arm.algorithm]
            router_loss = 0.01
            temperature = 0.7
            """)).Message;

        Assert.All(
            (string[])
            [
                "engine.url must be https", "engine.base_model must name", "engine.tokenizer must name",
                "engine.api_key_variable names AURELIAN_TEST_NOBODY_SETS_THIS", "engine.rank",
                "algorithm.router_loss cannot be had", "algorithm.temperature must be 1",
            ],
            named => Assert.Contains(named, told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kind = \"remote\"", "engine.kind must be one of built-in, tinker")]
    [InlineData("url = \"http://127.0.0.1:8000\"", "engine.url: there is no such setting")]
    [InlineData("kind = \"tinker\"\nurl = \"http://user:word@127.0.0.1\"", "engine.url must be the server's address")]
    public void An_engine_that_is_none_is_refused(string table, string why) => Assert.Contains(
        why, Assert.Throws<TrainingException>(() => Read(table)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_gpu_that_is_not_there_is_refused_with_what_can_be_done()
    {
        Torch.Load();
        Assert.SkipWhen(torch.cuda.is_available(), "there is a GPU");
        TrainingJob job = Read("kind = \"built-in\"")[0];
        Assert.Equal(DeviceType.CPU, EngineChoice.DeviceOf(job).type);

        string told = Assert.Throws<TrainingException>(() =>
            EngineChoice.DeviceOf(job with { Model = job.Model with { OnGpu = true } })).Message;

        Assert.Contains("finds no GPU", told, StringComparison.Ordinal);
        Assert.Contains("AURELIAN_TORCH", told, StringComparison.Ordinal);
    }

    /// <summary>The example's own text, with a table of its own for the engine.</summary>
    private IReadOnlyList<TrainingJob> Read(string engine)
    {
        string root = Reference.RepositoryRoot();
        string text = File.ReadAllText(Example)
            .Replace("\"../", $"\"{root}/", StringComparison.Ordinal)
            .Replace("\"rome/", $"\"{root}/examples/rome/", StringComparison.Ordinal);
        string file = _folder.File("job.toml");
        File.WriteAllText(file, $"{text}\n[engine]\n{engine}\n");
        return JobReader.Read(file);
    }
}
