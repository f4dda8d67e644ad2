using Aurelian.Agents;
using Aurelian.Training.Algorithms;
using Aurelian.Training.Engines.Tinker;
using Aurelian.Training.Gate;
using Aurelian.Training.Rollouts;
using Tomlyn;
using Tomlyn.Model;

namespace Aurelian.Training.Jobs;

/// <summary>Reads a job file; every mistake is told at once, and nothing is started before.</summary>
internal static class JobReader
{
    /// <returns>One job for each arm, in the file's order; the job itself where it has none.</returns>
    /// <exception cref="TrainingException">Bad input, every mistake a line.</exception>
    internal static IReadOnlyList<TrainingJob> Read(string file)
    {
        TomlTable root;
        try
        {
            root = TomlSerializer.Deserialize<TomlTable>(File.ReadAllText(file)) ?? [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.BadInput($"{file}: {exception.Message}");
        }
        catch (TomlException exception)
        {
            throw TrainingException.BadInput($"{file}: {exception.Message}");
        }

        _ = root.TryGetValue("arm", out object? arms);
        root.Remove("arm");
        List<string> mistakes = [];
        List<TrainingJob> jobs = [];
        foreach (TomlTable arm in arms as IEnumerable<TomlTable> ?? [[]])
        {
            string name = arm.TryGetValue("name", out object? given) ? given as string ?? "" : "";
            bool optional = arm.TryGetValue("optional", out object? asked) && asked is true;
            arm.Remove("name");
            arm.Remove("optional");
            jobs.Add(ReadJob(file, name, Merge(root, arm), mistakes) with { Optional = optional });
        }

        if (jobs.GroupBy(job => job.Arm).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            mistakes.Add($"arm.name: '{twice.Key}' is given twice");
        }

        return mistakes.Count == 0
            ? jobs
            : throw TrainingException.BadInput(mistakes.Distinct().Select(mistake => $"{file}: {mistake}"));
    }

    private static TrainingJob ReadJob(string file, string arm, TomlTable merged, List<string> mistakes)
    {
        JobTable root = new(merged, "", mistakes);
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        JobTable tasks = root.Table("tasks");
        ModelSettings model = ReadModel(root.Table("model"), folder);
        TinkerSettings? tinker = EngineReader.Read(root.Table("engine"), folder, model);
        TrainingJob job = new()
        {
            File = file,
            Name = root.Text("name") ?? Path.GetFileNameWithoutExtension(file),
            Arm = arm,
            Seed = root.Whole("seed", 1, 0, int.MaxValue),
            Tinker = tinker,
            Model = model,
            WarmStart = ReadWarmStart(root.Table("warm_start"), folder),
            TrainTasks = ReadTasks(tasks, "train", folder, mistakes),
            HeldOutTasks = ReadTasks(tasks, "held_out", folder, mistakes),
            Algorithm = ReadAlgorithm(root.Table("algorithm"), tinker is not null),
            Reward = ReadReward(root.Table("reward")),
            Sandbox = ReadSandbox(root.Table("sandbox"), folder),
            Verdicts = ReadVerdicts(root.Table("verdicts")),
            Report = ReadReport(root.Table("report")),
        };
        tasks.Finish();
        root.Finish();
        return job;
    }

    private static ModelSettings ReadModel(JobTable table, string folder)
    {
        string? path = table.Text("folder") is { } given ? Path.Combine(folder, given) : null;
        if (path is not null && !File.Exists(Path.Combine(path, "config.json")))
        {
            table.Fail("folder", $"'{path}' has no config.json: name a Hugging Face folder", 0);
        }

        ModelSettings model = new(
            path, table.Whole("vocabulary", 384, 270, 200_000), table.Whole("hidden", 96, 8, 8192),
            table.Whole("layers", 3, 1, 128), table.Whole("query_heads", 4, 1, 256),
            table.Whole("key_value_heads", 2, 1, 256), table.Whole("head_size", 24, 2, 512),
            table.Whole("experts", 8, 1, 1024), table.Whole("experts_per_token", 2, 1, 64),
            table.Whole("expert_width", 96, 8, 8192),
            table.Word("device", "cpu", "cpu", "cuda") == "cuda");
        if (model.QueryHeads % model.KeyValueHeads != 0)
        {
            table.Fail("query_heads", "must be a multiple of key_value_heads", 0);
        }

        if (model.ExpertsPerToken > model.Experts)
        {
            table.Fail("experts_per_token", "must not be more than experts", 0);
        }

        if (model.HeadSize % 2 != 0)
        {
            table.Fail("head_size", "must be even: rotary positions turn pairs", 0);
        }

        table.Finish();
        return model;
    }

    private static WarmStartSettings ReadWarmStart(JobTable table, string folder)
    {
        string? demonstrations = table.Text("demonstrations") is { } given ? Path.Combine(folder, given) : null;
        if (demonstrations is not null && !File.Exists(demonstrations))
        {
            table.Fail("demonstrations", $"'{demonstrations}' is no file", 0);
        }

        WarmStartSettings settings = new(
            demonstrations, table.Whole("steps", 300, 0, 1_000_000), table.Whole("batch", 24, 1, 4096),
            table.Real("learning_rate", 3e-3, 1e-8, 1), table.Real("abuse_max", 0.05, 0, 1),
            table.Flag("without_abuse", false));
        table.Finish();
        return settings;
    }

    private static TaskPlan[] ReadTasks(JobTable table, string key, string folder, List<string> mistakes)
    {
        string? given = table.Text(key);
        string path = Path.Combine(folder, given ?? "");
        if (given is null || !Directory.Exists(path))
        {
            return table.Fail(
                key, $"must name a folder of tasks in Harbor's format ('{given}')", Array.Empty<TaskPlan>());
        }

        List<TaskPlan> tasks = [];
        foreach (string each in Directory.GetDirectories(path).Order(StringComparer.Ordinal))
        {
            (TaskPlan? task, IReadOnlyList<InputError> errors) = TaskFolder.Load(each);
            mistakes.AddRange(errors.Select(error => error.ToString()));
            if (task is not null)
            {
                tasks.Add(task);
            }
        }

        return tasks.Count > 0 ? [.. tasks] : table.Fail(key, $"'{path}' holds no task", Array.Empty<TaskPlan>());
    }

    private static AlgorithmSettings ReadAlgorithm(JobTable table, bool served)
    {
        IpaSettings standard = new();
        AlgorithmSettings settings = new(
            table.Word("name", "ipa", "ipa", "grpo", "gspo", "reinforce"),
            new IpaSettings(
                table.Real("gamma", standard.Gamma, 0, 1), table.Real("mismatch_max", standard.MismatchMax, 1, 100),
                table.Real("imitation_weight", 1, 0, 100), table.Real("reinforcement_weight", 1, 0, 100)),
            table.Real("clip", 0.2, 0, 1), table.Real("learning_rate", 1e-3, 1e-9, 1),
            table.Real("clip_norm", 1, 1e-6, 1e6), table.Whole("steps", 40, 1, 1_000_000),
            table.Whole("tasks_per_step", 8, 1, 4096), table.Whole("group", 4, 2, 1024),
            table.Real("temperature", 1, 0.05, 5), table.Whole("tokens_per_turn", 48, 1, 100_000),
            table.Whole("turns", 4, 1, 1000), table.Whole("context_tokens", 224, 16, 1_000_000),
            table.Whole("version_gap_max", 0, 0, 16), table.Real("router_loss", served ? 0 : 1e-3, 0, 1),
            Enum.Parse<StartKind>(
                table.Word("start", "beginning", "beginning", "spread", "rollback", "crucial"), ignoreCase: true));
        if (served)
        {
            EngineReader.RefuseUnserved(table, settings);
        }

        table.Finish();
        return settings;
    }

    private static RewardSettings ReadReward(JobTable table)
    {
        RewardSettings settings = new(table.Flag("pool_credits_count", false));
        table.Finish();
        return settings;
    }

    private static SandboxSettings ReadSandbox(JobTable table, string folder)
    {
        string? policy = table.Text("policy") is { } given ? Path.Combine(folder, given) : null;
        if (policy is not null && !File.Exists(policy))
        {
            table.Fail("policy", $"'{policy}' is no file", 0);
        }

        SandboxSettings settings = new(
            policy, table.Word("upstream", "none", "none", "simulated"), table.Flag("contain", true),
            table.Whole("parallel", 4, 1, 256), table.Word("rollouts", "live", "live", "memoised") == "memoised");
        table.Finish();
        return settings;
    }

    private static VerdictSettings ReadVerdicts(JobTable table)
    {
        VerdictPolicy standard = new();
        VerdictSettings settings = new(
            table.Flag("gate", true),
            new VerdictPolicy
            {
                Violating = ReadRule(table.Table("violating"), standard.Violating),
                Suspect = ReadRule(table.Table("suspect"), standard.Suspect),
                Unknown = ReadRule(table.Table("unknown"), standard.Unknown),
            },
            TimeSpan.FromSeconds(table.Real("deadline_seconds", 10, 0, 3600)), table.Real("recall", 1, 0, 1),
            table.Real("false_alarms", 0, 0, 1), table.Flag("shuffled", false));
        table.Finish();
        return settings;
    }

    private static VerdictRule ReadRule(JobTable table, VerdictRule standard)
    {
        VerdictRule rule = new(
            table.Flag("learn", standard.Learns), table.Flag("baseline", standard.Counts),
            table.Has("reward") ? table.Real("reward", 0, -1, 1) : standard.Reward,
            table.Flag("quarantine", standard.Quarantines));
        table.Finish();
        return rule;
    }

    private static ReportSettings ReadReport(JobTable table)
    {
        ReportSettings settings = new(
            table.Whole("evaluate_every", 10, 1, 1_000_000), table.Whole("evaluate_samples", 4, 1, 1000),
            table.Whole("checkpoint_every", 10, 1, 1_000_000), table.Real("minutes_max", 60, 0.1, 100_000));
        table.Finish();
        return settings;
    }

    /// <summary>The second over the first, table by table.</summary>
    private static TomlTable Merge(TomlTable below, TomlTable above)
    {
        TomlTable merged = [];
        foreach ((string key, object value) in below.Concat(above))
        {
            merged[key] = value is TomlTable inner
                ? Merge(merged.TryGetValue(key, out object? before) && before is TomlTable old ? old : [], inner)
                : value;
        }

        return merged;
    }
}
