using System.Globalization;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Commands;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.TrainingTests.Verification;

/// <summary>The model's numbers are the reference implementation's, and a single changed one is noticed.</summary>
public sealed class ReferenceModelTests
{
    [Theory]
    [InlineData("base")]
    [InlineData("mixed-dense-tied-sharded")]
    [InlineData("bf16")]
    [InlineData("lora")]
    [InlineData("train")]
    public void Every_number_of_the_reference_is_met(string name)
    {
        (int code, string text) = Verify(Reference.At("models", name));

        Assert.True(code == 0, text);
        Assert.Contains("logits, padded on the left", text, StringComparison.Ordinal);
        Assert.Contains("greedy tokens (batched, cached)", text, StringComparison.Ordinal);
        Assert.Contains("gradients: attention", text, StringComparison.Ordinal);
        Assert.Equal(name == "train", text.Contains("weights after the last step", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("model.layers.1.mlp.experts.5.up_proj.weight")]
    [InlineData("model.layers.0.self_attn.k_norm.weight")]
    [InlineData("model.embed_tokens.weight")]
    public void One_changed_weight_is_noticed(string tensor)
    {
        using TemporaryFolder folder = new();
        string original = Reference.At("models", "base");
        using (Qwen3MoeModel model = Load(original))
        {
            using Tensor value = model.Parameters.Value(tensor).flatten();
            Change(value, tensor == TensorCatalogue.Embedding ? UsedEmbedding(original) : 3);
            ModelFolder.Save(model, folder.Path);
        }

        File.Copy(Path.Combine(original, "case.json"), folder.File("case.json"));
        (int code, string text) = Verify(folder.Path, Path.Combine(original, "expected.safetensors"));

        Assert.Equal(1, code);
        Assert.Contains("DIFFER", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_epsilon_is_noticed()
    {
        using TemporaryFolder folder = new();
        string original = Reference.At("models", "base");
        foreach (string file in Directory.GetFiles(original))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        string config = File.ReadAllText(folder.File("config.json"));
        File.WriteAllText(folder.File("config.json"), config.Replace("1e-06", "1e-05", StringComparison.Ordinal));

        Assert.Equal(1, Verify(folder.Path).Code);
    }

    [Fact]
    public void A_saved_model_has_the_numbers_of_the_loaded_one_in_shards_or_not()
    {
        using TemporaryFolder folder = new();
        string original = Reference.At("models", "mixed-dense-tied-sharded");
        using (Qwen3MoeModel model = Load(original))
        {
            ModelFolder.Save(model, folder.Path, shardBytesMax: 60_000);
            Assert.True(File.Exists(folder.File("model.safetensors.index.json")));
        }

        Assert.Equal(0, Verify(folder.Path, Path.Combine(original, "expected.safetensors")).Code);
    }

    private static Qwen3MoeModel Load(string folder)
    {
        Torch.Load();
        return ModelFolder.Load(folder);
    }

    private static void Change(Tensor value, int at)
    {
        using IDisposable noGradient = torch.no_grad();
        value[at] = value[at] + 0.01;
    }

    /// <summary>A number of the embedding of a token that the batch has.</summary>
    private static int UsedEmbedding(string folder)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        using Tensor ids = file.Read("input_ids");
        return (int)ids[0, 0].item<long>() * 32;
    }

    private static (int Code, string Text) Verify(string folder, string? against = null)
    {
        Torch.Load();
        using StringWriter output = new(CultureInfo.InvariantCulture);
        int code = VerifyAction.Run(folder, against, null, 3e-5, output);
        return (code, output.ToString());
    }
}
