using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Aurelian.Training.Model.Generation;
using Google.Protobuf;

namespace Aurelian.Training.Serving;

/// <summary>An answer in both of the protocol's forms; the second where there is a message for it.</summary>
internal sealed record Answer(object Json, IMessage? Message = null);

/// <summary>Between what is on the wire, JSON or protobuf, and what the model is given. Refuses by name.</summary>
internal static class WireData
{
    private static readonly string[] Inputs = ["target_tokens", "weights", "mask", "logprobs", "advantages"];

    internal static TeachingRequest Read(Wire.ForwardBackwardRequest request)
    {
        Dictionary<string, double> config = new(request.LossFnConfig, StringComparer.Ordinal);
        foreach ((string key, Wire.ConfigValue value) in request.LossFnConfigV2)
        {
            config[key] = value.ValueCase == Wire.ConfigValue.ValueOneofCase.Number
                ? value.Number : throw TrainingException.BadInput($"loss_fn_config '{key}' is no number");
        }

        return new TeachingRequest(
            request.ModelId, request.SeqId == 0 ? null : request.SeqId,
            [.. request.Data.Select(datum => Datum(
                [.. datum.ModelInput.SelectMany(Tokens)],
                datum.LossFnInputs.ToDictionary(entry => entry.Key, entry => Numbers(entry.Value))))],
            request.LossFn, config, request.ForwardOnly);
    }

    internal static TeachingRequest Read(BackwardRequest request, bool forwardOnly)
    {
        WireBatch batch = request.ForwardBackwardInput ?? request.ForwardInput
            ?? throw TrainingException.BadInput("forward_backward_input is missing");
        return new TeachingRequest(
            request.ModelId, request.SeqId,
            [.. batch.Data.Select(datum => Datum(
                Tokens(datum.ModelInput),
                datum.LossFnInputs.ToDictionary(entry => entry.Key, entry => entry.Value.Data)))],
            batch.LossFn, batch.LossFnConfig ?? [], forwardOnly || request.ForwardOnly);
    }

    internal static int[] Tokens(WirePrompt prompt) => [.. prompt.Chunks.SelectMany(chunk =>
        chunk is { Type: "encoded_text", Tokens: { } tokens } ? tokens
            : throw TrainingException.BadInput($"a chunk of type '{chunk.Type}' is not supported: encoded_text is"))];

    internal static Answer Teaching(TeachingResult result)
    {
        Dictionary<string, double> metrics = new() { ["loss:sum"] = result.Loss };
        Wire.ArrayRecord record = new() { TypeTag = "TensorDict", NumDatums = result.LogProbs.Count };
        record.Fields.Add("logprobs", Batched(result.LogProbs));
        record.Fields.Add("elementwise_loss", Batched(result.Losses));
        Wire.ForwardBackwardOutput message = new() { LossFnOutputType = "ArrayRecord", LossFnOutputs = { record } };
        message.Metrics.Add(metrics);
        return new Answer(
            new
            {
                LossFnOutputType = "ArrayRecord",
                LossFnOutputs = result.LogProbs.Zip(result.Losses).Select(pair =>
                    new { Logprobs = Json(pair.First), ElementwiseLoss = Json(pair.Second) }),
                Metrics = metrics,
            },
            message);
    }

    internal static Answer Samples(IReadOnlyList<Continuation> texts, float[]? prompt)
    {
        Wire.SampleResponse message = new();
        foreach (Continuation text in texts)
        {
            message.Sequences.Add(new Wire.SampledSequence
            {
                StopReason = text.Finish == FinishReason.Stop ? Wire.StopReason.Stop : Wire.StopReason.Length,
                Tokens = Bytes<int>([.. text.Tokens.Select(token => token.Id)]),
                Logprobs = Bytes<float>([.. text.Tokens.Select(token => (float)token.LogProbability)]),
            });
        }

        if (prompt is not null)
        {
            message.PromptLogprobs = Bytes<float>(prompt);
        }

        return new Answer(
            new
            {
                Sequences = texts.Select(text => new
                {
                    StopReason = text.Finish == FinishReason.Stop ? "stop" : "length",
                    Tokens = text.Tokens.Select(token => token.Id),
                    Logprobs = text.Tokens.Select(token => token.LogProbability),
                }),
                PromptLogprobs = prompt?.Select(value => float.IsNaN(value) ? (float?)null : value),
            },
            message);
    }

    private static TaughtDatum Datum(int[] input, Dictionary<string, double[]> values)
    {
        foreach (string name in values.Keys.Except(Inputs))
        {
            throw TrainingException.BadInput(
                $"loss_fn_inputs '{name}' is not supported: {string.Join(", ", Inputs)} are");
        }

        if (input.Length == 0 || !values.TryGetValue("target_tokens", out double[]? targets))
        {
            throw TrainingException.BadInput("a datum needs model_input and target_tokens");
        }

        foreach ((string name, double[] value) in values.Where(entry => entry.Value.Length != input.Length))
        {
            throw TrainingException.BadInput($"{name} has {value.Length} values for {input.Length} tokens");
        }

        float[] ones = [.. Enumerable.Repeat(1f, input.Length)];
        float[] weights = [.. (Of("weights") ?? ones).Zip(Of("mask") ?? ones, (weight, mask) => weight * mask)];
        return new TaughtDatum(
            input, [.. targets.Select(id => (int)id)], weights, Of("logprobs"), Of("advantages"));

        float[]? Of(string name) => values.TryGetValue(name, out double[]? found)
            ? [.. found.Select(value => (float)value)] : null;
    }

    private static int[] Tokens(Wire.Chunk chunk) => chunk.ChunkCase == Wire.Chunk.ChunkOneofCase.EncodedText
        ? Whole<int>(chunk.EncodedText.Tokens)
        : throw TrainingException.BadInput($"a chunk of type '{chunk.ChunkCase}' is not supported: encoded_text is");

    private static double[] Numbers(Wire.Tensor tensor)
    {
        if (tensor.EncodingCase != Wire.Tensor.EncodingOneofCase.Dense)
        {
            throw TrainingException.BadInput("sparse tensors are not supported: dense ones are");
        }

        return tensor.Dtype switch
        {
            Wire.DType.Float32 => [.. Whole<float>(tensor.Dense).Select(value => (double)value)],
            Wire.DType.Int64 => [.. Whole<long>(tensor.Dense).Select(value => (double)value)],
            Wire.DType.Int32 => [.. Whole<int>(tensor.Dense).Select(value => (double)value)],
            Wire.DType.Bfloat16 => [.. Whole<ushort>(tensor.Dense)
                .Select(value => (double)BitConverter.Int32BitsToSingle(value << 16))],
            _ => throw TrainingException.BadInput($"tensors of type {tensor.Dtype} are not supported"),
        };
    }

    private static T[] Whole<T>(ByteString bytes)
        where T : unmanaged => bytes.Length % Marshal.SizeOf<T>() == 0
            ? MemoryMarshal.Cast<byte, T>(bytes.Span).ToArray()
            : throw TrainingException.BadInput("a tensor's bytes are no whole number of values");

    private static ByteString Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => ByteString.CopyFrom(MemoryMarshal.AsBytes(values));

    private static Wire.BatchedTensor Batched(IReadOnlyList<float[]> rows)
    {
        long[] offsets = new long[rows.Count + 1];
        for (int row = 0; row < rows.Count; row++)
        {
            offsets[row + 1] = offsets[row] + (rows[row].Length * sizeof(float));
        }

        return new Wire.BatchedTensor
        {
            Data = Bytes<float>([.. rows.SelectMany(row => row)]), Offsets = Bytes<long>(offsets),
            Dtype = Wire.DType.Float32,
        };
    }

    private static object Json(float[] values) =>
        new { Data = values, Dtype = "float32", Shape = new[] { values.Length } };
}
