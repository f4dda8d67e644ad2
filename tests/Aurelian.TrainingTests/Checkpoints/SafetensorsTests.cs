using System.Buffers.Binary;
using System.Text;
using Aurelian.Training;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Configuration;
using Aurelian.TrainingTests.Model;
using CsCheck;

namespace Aurelian.TrainingTests.Checkpoints;

public sealed class SafetensorsTests
{
    [Theory]
    [InlineData("Float32", 0)]
    [InlineData("BFloat16", 0.01)]
    [InlineData("Float16", 0.001)]
    public void A_saved_model_reads_back_with_the_precision_of_its_type(string type, double allowed)
    {
        using Qwen3MoeModel model = TinyModels.New();
        using TemporaryFolder folder = new();

        ModelFolder.Save(model, folder.Path, Enum.Parse<WeightType>(type));
        using Qwen3MoeModel read = ModelFolder.Load(folder.Path);

        using Tensor difference = (model.Parameters.Weights - read.Parameters.Weights).abs().max();
        Assert.InRange(difference.item<float>(), 0, allowed);
        Assert.Equivalent(model.Config with { StoredAs = Enum.Parse<WeightType>(type) }, read.Config, strict: true);
    }

    [Fact]
    public void A_model_in_shards_reads_back()
    {
        using Qwen3MoeModel model = TinyModels.New(
            TinyModels.Config with { TiedEmbeddings = true, AttentionBias = true });
        using TemporaryFolder folder = new();
        ModelFolder.Save(model, folder.Path, shardBytesMax: 20_000);

        using Qwen3MoeModel read = ModelFolder.Load(folder.Path);

        Assert.True(Directory.GetFiles(folder.Path, "model-*.safetensors").Length > 2);
        Assert.True(torch.allclose(model.Parameters.Weights, read.Parameters.Weights, 0, 0));
    }

    [Fact]
    public void Missing_superfluous_and_wrongly_shaped_tensors_are_all_named()
    {
        using Qwen3MoeModel model = TinyModels.New();
        using TemporaryFolder folder = new();
        ModelFolder.Save(model, folder.Path);
        string config = File.ReadAllText(folder.File("config.json"));
        File.WriteAllText(folder.File("config.json"), config
            .Replace("\"num_experts\": 6", "\"num_experts\": 7", StringComparison.Ordinal)
            .Replace("\"vocab_size\": 61", "\"vocab_size\": 62", StringComparison.Ordinal)
            .Replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true", StringComparison.Ordinal)
            .Replace("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2", StringComparison.Ordinal));

        string message = Assert.Throws<TrainingException>(() => ModelFolder.Load(folder.Path)).Message;

        Assert.Contains("model.layers.0.mlp.experts.6.gate_proj.weight is missing", message, StringComparison.Ordinal);
        Assert.Contains("model.embed_tokens.weight is [61, 24]", message, StringComparison.Ordinal);
        Assert.Contains("model.layers.2.", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "empty", "less than" },
        { "truncated", "truncated" },
        { "header too long", "header" },
        { "no JSON", "header" },
        { "wrong size", "where its shape takes" },
        { "gap", "gap" },
        { "overlap", "overlap" },
        { "negative", "negative" },
        { "type", "not supported" },
        { "trailing", "belong to no tensor" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_file_is_refused_and_named(string kind, string what)
    {
        string tensor = Entry("F32", 2, 0, 8);
        byte[] file = kind switch
        {
            "empty" => [1, 2],
            "truncated" => Bytes($"{{\"a\":{tensor}}}", 4),
            "header too long" => [255, 255, 255, 0, 0, 0, 0, 0, 1],
            "no JSON" => Bytes("{\"a\":", 0),
            "wrong size" => Bytes($"{{\"a\":{Entry("F32", 3, 0, 8)}}}", 8),
            "gap" => Bytes($"{{\"a\":{Entry("F32", 1, 4, 8)}}}", 8),
            "overlap" => Bytes($"{{\"a\":{tensor},\"b\":{Entry("F32", 1, 4, 8)}}}", 8),
            "negative" => Bytes($"{{\"a\":{Entry("F32", -2, 0, 8)}}}", 8),
            "type" => Bytes($"{{\"a\":{Entry("F8_E4M3", 8, 0, 8)}}}", 8),
            _ => Bytes($"{{\"a\":{tensor}}}", 9),
        };
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.File("model.safetensors"), file);

        TrainingException exception = Assert.Throws<TrainingException>(
            () => SafetensorsFile.Open(folder.File("model.safetensors")));

        Assert.Equal(TrainingFailure.BadInput, exception.Reason);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
        Assert.Contains("model.safetensors", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_never_crash_the_reader() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.File("x.safetensors"), bytes);
        Assert.Throws<TrainingException>(() => SafetensorsFile.Open(folder.File("x.safetensors")));
    }, iter: 200);

    private static string Entry(string type, int elements, int start, int end) =>
        $"{{\"dtype\":\"{type}\",\"shape\":[{elements}],\"data_offsets\":[{start},{end}]}}";

    private static byte[] Bytes(string header, int data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return file;
    }
}
