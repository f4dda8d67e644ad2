using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Generation;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Tokens;

namespace Aurelian.Training.Serving;

/// <summary>
/// What the protocol's calls do with one base model: sessions, models that are trained, weights that sample. Everything
/// that touches weights runs on the futures' one worker.
/// </summary>
/// <param name="shared">The base; owned by the caller and never changed.</param>
/// <param name="saves">Folder for what clients save.</param>
/// <param name="tokenizer">Null: stops can be given as ids alone.</param>
internal sealed partial class ModelServer(
    Qwen3MoeModel shared, string name, string saves, TextTokenizer? tokenizer, IReadOnlySet<int> ends)
    : IAsyncDisposable
{
    private const int ModelsMax = 16, SamplersMax = 64;
    private const string Scheme = "tinker://";
    private readonly Dictionary<string, ServedModel> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WeightSnapshot> _samplers = new(StringComparer.Ordinal);
    private readonly Queue<string> _samplerOrder = new();
    private int _samples;

    internal string Name => name;

    internal Qwen3MoeModel Base => shared;

    internal TextTokenizer? Tokenizer => tokenizer;

    internal IReadOnlySet<int> Ends => ends;

    internal Futures Futures { get; } = new();

    internal static string NewSession() => $"session-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    internal static string ModelId(string session, int sequence) =>
        FormattableString.Invariant($"{session}:train:{sequence}");

    internal Answer Create(CreateModelRequest request)
    {
        if (request.BaseModel != name)
        {
            throw TrainingException.BadInput($"base_model '{request.BaseModel}' is not served here: '{name}' is");
        }

        string id = ModelId(request.SessionId, request.ModelSeqId);
        LoraRequest lora = request.LoraConfig ?? new LoraRequest();
        if (lora.Rank is < 0 or > 1024)
        {
            throw TrainingException.BadInput("lora_config.rank must be from 0 (all weights) to 1024");
        }

        // Asked again where an answer was lost: the number within the session says that it is the same model.
        if (_models.GetValueOrDefault(id)?.Lora != lora)
        {
            Add(id, lora);
        }

        return new Answer(new { Type = "create_model", ModelId = id, BaseModel = name, LoraConfig = lora });
    }

    internal Answer Info(string id)
    {
        int rank = Model(id).Lora.Rank;
        return new Answer(new
        {
            Type = "get_info", ModelId = id, ModelName = name, IsLora = rank > 0, LoraRank = rank,
            ModelData = new { Arch = "qwen3_moe", ModelName = name, TokenizerId = name },
        });
    }

    internal Answer Teach(TeachingRequest request)
    {
        RefuseUnknown(request.Data.SelectMany(datum => datum.Input.Concat(datum.Targets)));
        return WireData.Teaching(Model(request.ModelId).Teach(request));
    }

    internal Answer Step(OptimRequest request) => new(new
    {
        Type = "optim_step",
        Metrics = new Dictionary<string, double>
        {
            ["grad_norm:mean"] = Model(request.ModelId).Step(request.AdamParams ?? new AdamRequest()),
        },
    });

    internal Answer Save(SaveRequest request)
    {
        string path = $"{Scheme}{request.ModelId}/weights/{request.Path}";
        string folder = Folder(path);
        if (SavedState.Exists(folder) && !request.Overwrite)
        {
            throw TrainingException.BadInput($"'{request.Path}' is saved already: set overwrite, or take another name");
        }

        Model(request.ModelId).Save(folder, name);
        return new Answer(new { Type = "save_weights", Path = path });
    }

    internal Answer SaveForSampler(SaveRequest request)
    {
        ServedModel model = Model(request.ModelId);
        if (request.Path is { } given)
        {
            string path = $"{Scheme}{request.ModelId}/sampler_weights/{given}";
            model.Save(Folder(path), name);
            return new Answer(new { Type = "save_weights_for_sampler", Path = path });
        }

        string id = FormattableString.Invariant(
            $"{request.ModelId}:sampler:{request.SamplingSessionSeqId ?? 0}:{request.SeqId ?? 0}");
        Keep(id, model.Snapshot());
        return new Answer(new
        {
            Type = "save_weights_for_sampler", Path = (string?)null, SamplingSessionId = id,
        });
    }

    internal Answer Load(LoadRequest request)
    {
        string folder = Folder(request.Path);
        SavedState saved = Head(folder, request.Path);
        string id = request.ModelId ?? ModelId(request.SessionId ?? "", request.ModelSeqId ?? 0);
        if (request.ModelId is null)
        {
            Add(id, saved.Lora);
        }

        ServedModel model = Model(id);
        if (model.Lora.Rank != saved.Lora.Rank)
        {
            throw TrainingException.BadInput(
                $"{request.Path} has rank {saved.Lora.Rank} and the model {model.Lora.Rank}");
        }

        model.Load(folder, request.Optimizer);
        return new Answer(new { Type = "load_weights", request.Path, ModelId = id });
    }

    internal Answer WeightsInfo(string path)
    {
        SavedState saved = Head(Folder(path), path);
        return new Answer(new
        {
            saved.BaseModel, IsLora = saved.Lora.Rank > 0, LoraRank = saved.Lora.Rank, saved.Lora.TrainUnembed,
            saved.Lora.TrainMlp, saved.Lora.TrainAttn,
        });
    }

    internal Answer OpenSampler(SamplingSessionRequest request)
    {
        string id = FormattableString.Invariant($"{request.SessionId}:sample:{request.SamplingSessionSeqId}");
        if (request.ModelPath is { } path)
        {
            using ServedModel loaded = new(shared, Head(Folder(path), path).Lora);
            loaded.Load(Folder(path), optimiser: false);
            Keep(id, loaded.Snapshot());
        }
        else if (request.BaseModel == name)
        {
            Keep(id, new WeightSnapshot(null, null));
        }
        else
        {
            throw TrainingException.BadInput($"base_model '{request.BaseModel}' is not served here: '{name}' is");
        }

        return new Answer(new { Type = "create_sampling_session", SamplingSessionId = id });
    }

    internal Answer Unload(string id)
    {
        Model(id).Dispose();
        _models.Remove(id);
        return new Answer(new { Type = "unload_model", ModelId = id });
    }

    internal Answer Sample(SampleRequest request)
    {
        if (request.TopkPromptLogprobs > 0)
        {
            throw TrainingException.BadInput("topk_prompt_logprobs is not supported: leave it at 0");
        }

        if (request.ModelPath is { } path)
        {
            throw TrainingException.BadInput($"model_path '{path}': open a sampling session for it first");
        }

        int[] prompt = WireData.Tokens(request.Prompt);
        SamplingRequest sampling = request.SamplingParams ?? new SamplingRequest();
        GenerationOptions options = Options(sampling);
        WeightSnapshot weights = request.SamplingSessionId is { } id
            ? _samplers.GetValueOrDefault(id)
                ?? throw new ServingException(ServingException.Unknown, $"there is no sampling session '{id}'")
            : request.BaseModel == name ? new WeightSnapshot(null, null)
            : throw TrainingException.BadInput($"base_model '{request.BaseModel}' is not served here: '{name}' is");
        IReadOnlyList<Continuation> texts = Generate(
            weights, [.. Enumerable.Repeat(prompt, request.NumSamples)], options, sampling.Seed ?? ++_samples);
        return WireData.Samples(texts, request.PromptLogprobs == true ? PromptScores(weights, prompt) : null);
    }

    /// <summary>Continues texts of any lengths together.</summary>
    internal IReadOnlyList<Continuation> Generate(
        WeightSnapshot weights, IReadOnlyList<int[]> prompts, GenerationOptions options, int seed)
    {
        const int textsMax = 1024;
        if (prompts.Count is < 1 or > textsMax)
        {
            throw TrainingException.BadInput($"num_samples must be from 1 to {textsMax}");
        }

        RefuseUnknown(prompts[0]);
        if (prompts.Any(prompt => prompt.Length == 0 || prompt.Length >= shared.Config.PositionsMax))
        {
            throw TrainingException.BadInput(
                $"a prompt must have from 1 to {shared.Config.PositionsMax - 1} tokens; there are {prompts[0].Length}");
        }

        return With(weights, model => TextGenerator.Generate(model, prompts, options, seed));
    }

    public async ValueTask DisposeAsync()
    {
        await Futures.DisposeAsync().ConfigureAwait(false);
        foreach (IDisposable each in _models.Values.Concat<IDisposable>(_samplers.Values))
        {
            each.Dispose();
        }
    }

    /// <summary>NaN for the first, which has nothing before it.</summary>
    private float[] PromptScores(WeightSnapshot weights, int[] prompt) => prompt.Length == 1 ? [float.NaN] :
        With<float[]>(weights, model =>
        {
            using IDisposable noGradient = torch.no_grad();
            using DisposeScope scope = torch.NewDisposeScope();
            using TokenBatch batch = TokenBatch.Of(prompt);
            using NextTokens chosen = NextTokens.Choose([prompt], (_, _) => true);
            Tensor scores = TokenScores.LogProbabilitiesOf(model, model.Forward(batch), chosen);
            return [float.NaN, .. scores.data<float>().ToArray()];
        });

    private T With<T>(WeightSnapshot weights, Func<Qwen3MoeModel, T> act)
    {
        Qwen3MoeModel model = weights.Own ?? shared;
        model.Adapter = weights.Adapter;
        try
        {
            return act(model);
        }
        finally
        {
            model.Adapter = null;
        }
    }

    internal GenerationOptions Options(SamplingRequest sampling)
    {
        HashSet<int> stops = [.. ends];
        List<string> texts = [];
        JsonElement[] given = sampling.Stop switch
        {
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
            { ValueKind: JsonValueKind.String } one => [one],
            _ => [],
        };
        foreach (JsonElement stop in given)
        {
            if (stop.ValueKind == JsonValueKind.Number)
            {
                stops.Add(stop.GetInt32());
            }
            else
            {
                texts.Add(stop.GetString()!);
            }
        }

        if (texts.Count > 0 && tokenizer is null)
        {
            throw TrainingException.BadInput("stop: the served folder has no tokenizer, so give ids");
        }

        return new GenerationOptions
        {
            NewTokensMax = sampling.MaxTokens ?? throw TrainingException.BadInput("max_tokens is required"),
            Temperature = sampling.Temperature, TopP = sampling.TopP, TopK = Math.Max(0, sampling.TopK),
            StopTokens = stops, StopWhen = texts.Count == 0 ? null : new StopTexts(tokenizer!, [.. texts]).EndsIn,
        };
    }

    private void Add(string id, LoraRequest lora)
    {
        if (_models.ContainsKey(id))
        {
            throw new ServingException(ServingException.Conflict, $"there is a model '{id}' already");
        }

        if (_models.Count >= ModelsMax)
        {
            throw TrainingException.BadInput($"{ModelsMax} models are loaded: unload one first");
        }

        _models[id] = new ServedModel(shared, lora);
    }

    /// <summary>The oldest sampler goes when there are too many: training makes one each step.</summary>
    private void Keep(string id, WeightSnapshot weights)
    {
        if (_samplers.Remove(id, out WeightSnapshot? before))
        {
            before.Dispose();
        }

        _samplers[id] = weights;
        _samplerOrder.Enqueue(id);
        while (_samplers.Count > SamplersMax)
        {
            if (_samplers.Remove(_samplerOrder.Dequeue(), out WeightSnapshot? oldest))
            {
                oldest.Dispose();
            }
        }
    }

    private ServedModel Model(string id) => _models.GetValueOrDefault(id)
        ?? throw new ServingException(ServingException.Unknown, $"there is no model '{id}'");

    private void RefuseUnknown(IEnumerable<int> ids)
    {
        if (ids.Any(id => id < 0 || id >= shared.Config.VocabularySize))
        {
            throw TrainingException.BadInput($"token ids must be from 0 to {shared.Config.VocabularySize - 1}");
        }
    }

    private static SavedState Head(string folder, string path) => SavedState.Exists(folder)
        ? SavedState.ReadHead(folder)
        : throw new ServingException(ServingException.Unknown, $"nothing is saved as '{path}'");

    /// <summary>Names come from clients: nothing in them may lead out of the folder.</summary>
    private string Folder(string path) => SavedPath().Match(path) is { Success: true } match
        ? Path.Combine(saves, match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
        : throw TrainingException.BadInput(
            $"'{path}' is no {Scheme}MODEL/weights/NAME; names have letters, digits, '_' and '-', at most 255");

    [GeneratedRegex(@"\Atinker://([A-Za-z0-9_:-]{1,200})/(weights|sampler_weights)/([A-Za-z0-9_-]{1,255})\z")]
    private static partial Regex SavedPath();
}
