using Aurelian.Agents;
using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Rules;

namespace Aurelian.Episodes;

/// <summary>Looks at everything the user wrote and tells every mistake at once; nothing is started before.</summary>
public static class RunPlanner
{
    private static readonly string[] Upstreams = ["none", "simulated", "host"];

    public static (RunPlan? Plan, IReadOnlyList<string> Mistakes) Plan(RunConfig config)
    {
        List<string> mistakes = [];
        string print = config.PolicyFile is { } file ? PolicyPrint.Of(file) : "";
        PolicyPlan policy = ReadPolicy(config, mistakes);
        EpisodePlan[] episodes = [.. config.Episodes
            .Select((episode, index) => ReadEpisode(new EpisodeId($"e{index + 1}"), episode, config, mistakes))
            .OfType<EpisodePlan>()];
        CheckFolders(config, mistakes);
        PoolList? pools = ReadPools(config, mistakes);
        (SigmaRules? rules, IReadOnlyList<string> wrong) = RuleSets.Load(
            [.. config.RuleFolders, .. policy.RuleFolders], config.RulesContain || policy.RulesContain);
        mistakes.AddRange(wrong);
        return mistakes.Count > 0
            ? (null, mistakes)
            : (new RunPlan
            {
                Config = config, Policy = policy, PolicyPrint = print, Pools = pools, Episodes = episodes,
                Rules = rules,
            }, []);
    }

    private static PoolList? ReadPools(RunConfig config, List<string> mistakes)
    {
        if (config.PoolsFile is not { } file)
        {
            return null;
        }

        (PoolList? pools, IReadOnlyList<string> wrong) = PoolFile.Load(file);
        mistakes.AddRange(wrong);
        return pools;
    }

    private static PolicyPlan ReadPolicy(RunConfig config, List<string> mistakes)
    {
        (PolicyPlan? policy, IReadOnlyList<PolicyError> errors) =
            config.PolicyFile switch
            {
                null => (PolicyPlan.Empty, []),
                "" => (null, [new PolicyError("", 0, "--policy", "names no file")]),
                { } file => PolicyFile.Load(file),
            };
        mistakes.AddRange(errors.Select(error => error.ToString()));
        if (!Upstreams.Contains(config.Upstream))
        {
            mistakes.Add($"--upstream: '{config.Upstream}' is none of {string.Join(", ", Upstreams)}");
        }

        if (config.Upstream == "host" && policy is { Rules.Count: 0 })
        {
            mistakes.Add("--upstream host: needs a --policy that names the hosts and ports that may be reached");
        }

        return policy ?? PolicyPlan.Empty;
    }

    private static EpisodePlan? ReadEpisode(
        EpisodeId id, EpisodeConfig episode, RunConfig config, List<string> mistakes)
    {
        if (episode.Command is { } command)
        {
            return ReadCommand(id, episode, command, config, mistakes);
        }

        if (episode.TaskFolder is null || episode.Agent is null)
        {
            mistakes.Add("run: give either --task DIR --agent KIND:WHAT, or -- COMMAND …");
            return null;
        }

        if (config.WorkingFolder is not null || config.DiffFile is not null || config.PassedEnvironment.Count > 0)
        {
            mistakes.Add("run: --workdir, --diff and --env go with a command, not with a task");
        }

        (TaskPlan? task, IReadOnlyList<InputError> taskErrors) = TaskFolder.Load(episode.TaskFolder);
        (IPolicyModel? model, IReadOnlyList<InputError> agentErrors) = PolicyModels.Create(episode.Agent);
        mistakes.AddRange(taskErrors.Concat(agentErrors).Select(error => error.ToString()));
        return task is not null && model is not null ? new EpisodePlan.OfTask(id, task, model) : null;
    }

    private static EpisodePlan.OfCommand? ReadCommand(
        EpisodeId id, EpisodeConfig episode, IReadOnlyList<string> command, RunConfig config, List<string> mistakes)
    {
        if (episode.TaskFolder is not null || episode.Agent is not null)
        {
            mistakes.Add("run: --task and --agent, or -- COMMAND …, but not both");
        }

        if (command.Count == 0)
        {
            mistakes.Add("run: no command after '--'");
            return null;
        }

        // Bytes that are no UTF-8 were replaced before they came to us: not what was asked for.
        if (command.Any(argument => argument.Contains('\uFFFD', StringComparison.Ordinal)))
        {
            mistakes.Add("run: an argument after '--' is not valid UTF-8 and could not pass unchanged");
        }

        Dictionary<string, string> environment = [];
        foreach (string name in config.PassedEnvironment)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value && !name.Contains('=', StringComparison.Ordinal))
            {
                environment[name] = value;
            }
            else
            {
                mistakes.Add($"--env {name}: there is no such environment variable");
            }
        }

        return new EpisodePlan.OfCommand(id, command, environment);
    }

    private static void CheckFolders(RunConfig config, List<string> mistakes)
    {
        if (config.WorkingFolder is { } folder && !Directory.Exists(folder))
        {
            mistakes.Add($"--workdir: '{folder}' is no folder");
        }

        if (config.DiffFile is { } diff)
        {
            CheckDiff(diff, config, mistakes);
        }

        if (mistakes.Count == 0)
        {
            CheckRuns(config.RunsFolder, mistakes);
        }
    }

    private static void CheckDiff(string diff, RunConfig config, List<string> mistakes)
    {
        if (config.WorkingFolder is null)
        {
            mistakes.Add("--diff: needs --workdir, whose changes it would be");
        }

        if (diff.Length == 0 || Directory.Exists(diff)
            || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(diff))))
        {
            mistakes.Add($"--diff: '{diff}' is no file in a folder that exists");
        }
    }

    private static void CheckRuns(string runs, List<string> mistakes)
    {
        try
        {
            Directory.CreateDirectory(runs);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            mistakes.Add($"--runs: '{runs}' is no folder that can be made: {exception.Message}");
        }
    }
}
