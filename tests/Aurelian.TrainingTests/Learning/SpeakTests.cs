using System.Text.Json;
using Aurelian.Agents;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Commands;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Native;
using Aurelian.Training.Rollouts;

namespace Aurelian.TrainingTests.Learning;

/// <summary>What <c>--agent local:DIR</c> talks to.</summary>
public sealed class SpeakTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-speak-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public async Task A_saved_model_answers_turn_by_turn_with_ids_and_log_probs()
    {
        Save();
        AgentMessage user = new(AgentRole.User, "Sort a.txt.");
        using StringReader input = new(string.Join('\n',
            JsonSerializer.Serialize<AgentMessage[]>([user]), "no JSON",
            JsonSerializer.Serialize<AgentMessage[]>([user, new(AgentRole.Tool, "x")])));
        using StringWriter output = new();

        await SpeakAction.RunAsync(
            _folder, 1, input, output, TimeProvider.System, TestContext.Current.CancellationToken);

        LocalAnswer[] answers = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<LocalAnswer>(line)!)];
        Assert.Equal([true, false, true], answers.Select(answer => answer.Error is null));
        Assert.All(answers.Where(answer => answer.Error is null), answer =>
        {
            Assert.NotEmpty(answer.Ids);
            Assert.Equal(answer.Ids.Length, answer.LogProbs.Length);
            Assert.All(answer.LogProbs, each => Assert.InRange(each, -50, 0));
        });
    }

    private void Save()
    {
        TorchLibrary.Load(threads: 1);
        ChatTokens tokens = ChatTokens.Learn(["sort a.txt"], 280);
        using Qwen3MoeModel model = new(new ModelConfig
        {
            VocabularySize = tokens.Count, HiddenSize = 16, Layers = 1, QueryHeads = 2, KeyValueHeads = 1,
            HeadSize = 8, DenseWidth = 16, Experts = 4, ExpertsPerToken = 2, ExpertWidth = 16,
            NormaliseExpertWeights = true, SparseStep = 1, RouterLossCoefficient = 0.001, NormEpsilon = 1e-6,
            RopeTheta = 10_000, PositionsMax = 256, InitialDeviation = 0.1, TiedEmbeddings = true,
            EndTokens = [tokens.End],
        });
        model.Initialise(1);
        ModelFolder.Save(model, _folder, WeightType.Float32);
        tokens.Save(_folder);
    }
}
