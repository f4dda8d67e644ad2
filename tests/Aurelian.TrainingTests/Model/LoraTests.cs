using Aurelian.Training;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.TrainingTests.Model;

public sealed class LoraTests
{
    private static readonly LoraConfig Everywhere = new() { Rank = 3, Alpha = 12, Targets = LoraConfig.Modules };

    private static readonly int[] Tokens = TinyModels.Tokens(1, 14);

    [Fact]
    public void A_new_adapter_changes_nothing_and_a_trained_one_equals_its_merged_weights()
    {
        using Qwen3MoeModel model = TinyModels.New();
        float[] plain = TinyModels.Logits(model, Tokens);
        using LoraAdapter adapter = new(Everywhere, model.Config);
        adapter.Initialise(seed: 2);
        model.Adapter = adapter;
        Assert.InRange(TinyModels.Difference(plain, TinyModels.Logits(model, Tokens)), 0, 1e-5);

        Disturb(adapter);
        float[] adapted = TinyModels.Logits(model, Tokens);
        model.Adapter = null;
        adapter.MergeInto(model.Parameters);

        Assert.True(TinyModels.Difference(plain, adapted) > 0.1);
        Assert.InRange(TinyModels.Difference(adapted, TinyModels.Logits(model, Tokens)), 0, 1e-3);
    }

    [Fact]
    public void Training_an_adapter_reaches_every_pair_and_leaves_the_model_alone()
    {
        using Qwen3MoeModel model = TinyModels.New();
        using LoraAdapter adapter = new(Everywhere, model.Config);
        Disturb(adapter);
        model.Adapter = adapter;
        adapter.PrepareTraining();
        using DisposeScope scope = torch.NewDisposeScope();
        int[][] sequences = [.. Enumerable.Range(0, 8).Select(i => TinyModels.Tokens(i, 20))];

        model.Logits(model.Forward(TokenBatch.Of(sequences)).Hidden).square().mean().backward();

        Assert.Null(model.Parameters.Gradients);
        Assert.All(adapter.Parameters.Published, one => Assert.True(
            one.Gradient!.abs().max().item<float>() > 0, one.Name));
    }

    [Fact]
    public void A_saved_adapter_has_pefts_names_and_reads_back()
    {
        using Qwen3MoeModel model = TinyModels.New();
        using LoraAdapter adapter = new(Everywhere with { RankStabilised = true }, model.Config);
        Disturb(adapter);
        using TemporaryFolder folder = new();

        AdapterFolder.Save(adapter, folder.Path, "base");
        using LoraAdapter read = AdapterFolder.Load(folder.Path, model.Config);

        using SafetensorsFile file = SafetensorsFile.Open(folder.File("adapter_model.safetensors"));
        Assert.Contains("base_model.model.model.layers.2.mlp.experts.5.down_proj.lora_B.weight", file.Tensors.Keys);
        Assert.Contains("base_model.model.model.layers.1.mlp.up_proj.lora_A.weight", file.Tensors.Keys);
        Assert.Equal(12 / Math.Sqrt(3), read.Config.Scale, 1e-9);
        Assert.True(torch.allclose(adapter.Parameters.Weights, read.Parameters.Weights, 0, 0));
    }

    [Theory]
    [InlineData("\"use_dora\": true", "use_dora")]
    [InlineData("\"bias\": \"all\"", "bias")]
    [InlineData("\"rank_pattern\": {\"q_proj\": 8}", "rank_pattern")]
    [InlineData("\"modules_to_save\": [\"lm_head\"]", "modules_to_save")]
    [InlineData("\"target_modules\": \"all-linear\"", "target_modules")]
    [InlineData("\"target_modules\": [\"lm_head\"]", "lm_head")]
    [InlineData("\"target_parameters\": [\"experts.gate_up_proj\"]", "target_parameters")]
    public void What_an_adapter_asks_for_and_is_not_done_is_refused_by_name(string setting, string name)
    {
        string json = $$"""{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"], {{setting}}}""";

        string message = Assert.Throws<TrainingException>(() => LoraConfig.Read(json, "adapter_config.json")).Message;

        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    private static void Disturb(LoraAdapter adapter)
    {
        using IDisposable noGradient = torch.no_grad();
        using torch.Generator generator = new(9);
        foreach (NamedParameter parameter in adapter.Parameters.Published)
        {
            parameter.Value.normal_(0, 0.1, generator);
        }
    }
}
