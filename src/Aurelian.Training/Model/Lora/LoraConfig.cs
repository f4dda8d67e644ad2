using System.Text.Json;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Model.Lora;

/// <summary>A low-rank adapter's shape (LoRA, arXiv 2106.09685), from PEFT's <c>adapter_config.json</c>.</summary>
internal sealed record LoraConfig
{
    /// <summary>Modules that an adapter can be put on.</summary>
    internal static readonly string[] Modules =
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>r.</summary>
    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>The scale is alpha / √r instead of alpha / r.</summary>
    public bool RankStabilised { get; init; }

    /// <summary>Only training has it; here it must be 0 then.</summary>
    public double Dropout { get; init; }

    public double Scale => Alpha / (RankStabilised ? Math.Sqrt(Rank) : Rank);

    /// <summary>Keys that say how an adapter came about or where it belongs, not what it computes.</summary>
    private static readonly string[] WithoutEffect =
    [
        "auto_mapping", "base_model_name_or_path", "ensure_weight_tying", "inference_mode", "init_lora_weights",
        "megatron_core", "peft_version", "qalora_group_size", "revision", "task_type",
    ];

    internal static LoraConfig Read(string json, string file)
    {
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(json).RootElement;
        }
        catch (JsonException exception)
        {
            throw TrainingException.BadInput($"{file}: is no JSON: {exception.Message}");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw TrainingException.BadInput($"{file}: an object is wanted");
        }

        ConfigSettings settings = new(root, file);
        if (settings.Text("peft_type") is var type && type != "LORA")
        {
            settings.Refuse("peft_type", $"{type ?? "nothing"} is not supported: LORA is");
        }

        if (settings.Text("bias") is not (null or "none"))
        {
            settings.Refuse("bias", "is not supported: none is");
        }

        LoraConfig config = new()
        {
            Rank = settings.Integer("r"),
            Alpha = settings.Number("lora_alpha"),
            Dropout = settings.Number("lora_dropout", absent: 0),
            RankStabilised = settings.Flag("use_rslora", absent: false),
            Targets = ReadTargets(settings),
        };
        settings.Ignore(WithoutEffect);
        settings.IgnoreIdle();
        settings.RefuseTheRest();
        return settings.Mistakes.Count == 0 ? config : throw TrainingException.BadInput(settings.Mistakes);
    }

    internal string ToJson(string baseModel) => JsonSerializer.Serialize(
        new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["base_model_name_or_path"] = baseModel,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["lora_alpha"] = Alpha,
            ["lora_dropout"] = Dropout,
            ["peft_type"] = "LORA",
            ["r"] = Rank,
            ["target_modules"] = Targets,
            ["task_type"] = "CAUSAL_LM",
            ["use_dora"] = false,
            ["use_rslora"] = RankStabilised,
        },
        JsonText.Indented);

    private static string[] ReadTargets(ConfigSettings settings)
    {
        if (settings.Take("target_modules") is not { ValueKind: JsonValueKind.Array } list
            || list.GetArrayLength() == 0
            || list.EnumerateArray().Any(target => target.ValueKind != JsonValueKind.String))
        {
            settings.Refuse("target_modules", $"a list of modules is wanted, of {string.Join(", ", Modules)}");
            return [];
        }

        string[] targets = [.. list.EnumerateArray().Select(target => target.GetString()!)];
        foreach (string target in targets.Except(Modules))
        {
            settings.Refuse("target_modules", $"{target} is not supported: {string.Join(", ", Modules)} are");
        }

        return targets;
    }
}
