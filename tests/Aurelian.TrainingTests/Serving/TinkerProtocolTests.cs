using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Aurelian.Training;
using Aurelian.Training.Model;
using Aurelian.Training.Serving;
using Aurelian.TrainingTests.Model;
using Google.Protobuf;
using Wire = Aurelian.Training.Serving.Wire;

namespace Aurelian.TrainingTests.Serving;

public sealed class TinkerProtocolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Training_lowers_the_loss_whether_all_weights_learn_or_an_adapter(int rank)
    {
        await using ServedRig rig = await ServedRig.StartAsync();
        string model = await rig.CreateAsync(rank);
        double first = 0, last = 0;
        for (int step = 0; step < 12; step++)
        {
            JsonNode answer = await rig.DoAsync("forward_backward", new
            {
                model_id = model, seq_id = (2 * step) + 1, forward_backward_input = ServedRig.Batch(),
            });
            last = (double)answer["metrics"]!["loss:sum"]!;
            first = step == 0 ? last : first;
            await rig.DoAsync("optim_step", new
            {
                model_id = model, seq_id = (2 * step) + 2, adam_params = new { learning_rate = 0.01 },
            });
        }

        Assert.True(last < 0.7 * first, $"{first} became {last}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("zstd")]
    public async Task Protobuf_gives_what_JSON_gives(string? encoding)
    {
        await using ServedRig rig = await ServedRig.StartAsync();
        string model = await rig.CreateAsync(4);
        JsonNode json = await rig.DoAsync("forward", new { model_id = model, forward_input = ServedRig.Batch() });
        Wire.Chunk chunk = new() { EncodedText = new() { Tokens = Ints(1, 2, 3, 4) } };
        Wire.Datum datum = new() { ModelInput = { chunk } };
        datum.LossFnInputs["target_tokens"] = new Wire.Tensor { Dense = Ints(2, 3, 4, 5), Dtype = Wire.DType.Int32 };
        byte[] request = new Wire.ForwardBackwardRequest
        {
            ModelId = model, SeqId = 1, LossFn = "cross_entropy", ForwardOnly = true, Data = { datum },
        }.ToByteArray();
        using ZstdSharp.Compressor compressor = new();
        byte[] answer = await rig.TeachAsync(
            encoding is null ? request : compressor.Wrap(request).ToArray(), encoding);
        Wire.BatchedTensor scores = Wire.ForwardBackwardOutput.Parser.ParseFrom(answer)
            .LossFnOutputs[0].Fields["logprobs"];
        float[] wanted = [.. json["loss_fn_outputs"]![0]!["logprobs"]!["data"]!.AsArray().Select(each => (float)each!)];
        Assert.Equal([0, 16], MemoryMarshal.Cast<byte, long>(scores.Offsets.Span).ToArray());
        Assert.True(TinyModels.Difference(wanted, MemoryMarshal.Cast<byte, float>(scores.Data.Span).ToArray()) < 1e-6);
    }

    [Fact]
    public async Task A_sequence_number_sent_again_is_the_same_request_and_with_other_content_a_conflict()
    {
        await using ServedRig rig = await ServedRig.StartAsync();
        string model = await rig.CreateAsync(2);
        object body = new { model_id = model, seq_id = 1, forward_backward_input = ServedRig.Batch() };
        string id = await rig.SubmitAsync("forward_backward", body);
        Assert.Equal(id, await rig.SubmitAsync("forward_backward", body));
        (HttpStatusCode status, JsonNode answer) = await rig.PostAsync("api/v1/forward_backward", new
        {
            model_id = model, seq_id = 1, forward_backward_input = ServedRig.Batch(weight: 0.5),
        });
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("seq_id 1", (string?)answer["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_run_in_the_order_of_their_numbers_and_samplers_keep_their_weights()
    {
        await using ServedRig rig = await ServedRig.StartAsync();
        string model = await rig.CreateAsync(4);
        string late = await rig.SubmitAsync("save_weights_for_sampler", new
        {
            model_id = model, seq_id = 3, sampling_session_seq_id = 1,
        });
        string step = await rig.SubmitAsync("optim_step", new
        {
            model_id = model, seq_id = 2, adam_params = new { learning_rate = 0.05 },
        });
        await rig.DoAsync("forward_backward", new
        {
            model_id = model, seq_id = 1, forward_backward_input = ServedRig.Batch(),
        });
        Assert.True((double)(await rig.RetrieveAsync(step))["metrics"]!["grad_norm:mean"]! > 0);
        string sampler = (string)(await rig.RetrieveAsync(late))["sampling_session_id"]!;
        JsonNode before = await SampleAsync(rig, sampler, 1);
        await rig.DoAsync("forward_backward", new
        {
            model_id = model, seq_id = 4, forward_backward_input = ServedRig.Batch(weight: 9),
        });
        await rig.DoAsync("optim_step", new
        {
            model_id = model, seq_id = 5, adam_params = new { learning_rate = 0.5 },
        });
        Assert.Equal(before.ToJsonString(), (await SampleAsync(rig, sampler, 2)).ToJsonString());
        JsonNode now = await rig.DoAsync("save_weights_for_sampler", new
        {
            model_id = model, seq_id = 6, sampling_session_seq_id = 2,
        });
        Assert.NotEqual(before.ToJsonString(),
            (await SampleAsync(rig, (string)now["sampling_session_id"]!, 1)).ToJsonString());
    }

    [Fact]
    public async Task Saved_weights_make_a_model_that_scores_the_same()
    {
        await using ServedRig rig = await ServedRig.StartAsync();
        string model = await rig.CreateAsync(4);
        await rig.DoAsync("forward_backward", new { model_id = model, forward_backward_input = ServedRig.Batch() });
        await rig.DoAsync("optim_step", new { model_id = model, adam_params = new { learning_rate = 0.05 } });
        string path = (string)(await rig.DoAsync("save_weights", new { model_id = model, path = "one" }))["path"]!;
        JsonNode loaded = await rig.DoAsync("load_weights", new
        {
            session_id = "other", model_seq_id = 0, path, optimizer = true,
        });
        JsonNode[] scores = await Task.WhenAll(new[] { model, (string)loaded["model_id"]! }.Select(each =>
            rig.DoAsync("forward", new { model_id = each, forward_input = ServedRig.Batch() })));
        Assert.Equal(scores[0].ToJsonString(), scores[1].ToJsonString());
        Assert.Contains("is no tinker://", (string?)(await rig.DoAsync("save_weights", new
        {
            model_id = model, path = "../../out",
        }))["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_supported_is_refused_by_name_and_blamed_on_the_user()
    {
        await using ServedRig rig = await ServedRig.StartAsync();
        string model = await rig.CreateAsync(2);
        JsonNode answer = await rig.DoAsync("forward_backward", new
        {
            model_id = model, forward_backward_input = ServedRig.Batch("dppo"),
        });
        Assert.Equal("user", (string?)answer["category"]);
        Assert.Contains("'dppo'", (string?)answer["error"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound,
            (await rig.PostAsync("api/v1/retrieve_future", new { request_id = "future-999" })).Status);
    }

    [Fact]
    public async Task Without_the_key_nothing_is_answered()
    {
        using Qwen3MoeModel model = TinyModels.New();
        await using ServedRig rig = await ServedRig.StartAsync(model, token: "secret");
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.PostAsync("api/v1/create_session", new { })).Status);
    }

    [Theory]
    [InlineData("0.0.0.0:7411", "--allow-remote")]
    [InlineData("nonsense", "an address and a port")]
    public void An_address_that_others_reach_is_refused(string listen, string why)
    {
        TrainingException refused = Assert.Throws<TrainingException>(() =>
            new ServeOptions("d", listen, null, "s", false, null, 1).Endpoint());
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private static ByteString Ints(params int[] values) => ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));

    private static Task<JsonNode> SampleAsync(ServedRig rig, string sampler, int sequence) => rig.DoAsync("asample", new
    {
        sampling_session_id = sampler, seq_id = sequence, num_samples = 2,
        prompt = new { chunks = new[] { new { tokens = new[] { 1, 2 } } } },
        sampling_params = new { max_tokens = 8, seed = 4 }, prompt_logprobs = true,
    });
}
