using Aurelian.Events;
using Tomlyn;
using Tomlyn.Model;

namespace Aurelian.Episodes;

/// <summary>
/// The quick start's episodes, from <c>examples/quickstart/quickstart.toml</c>, and what each must come to.
/// </summary>
public sealed record QuickstartPlan(RunPlan Run, IReadOnlyList<VerdictState> Expected)
{
    private const string Folder = "examples/quickstart";

    /// <summary>What is trained after the episodes.</summary>
    public static string TrainingJob => Path.Combine(Checkout.Root, Folder, "train.toml");

    public static (QuickstartPlan? Plan, IReadOnlyList<string> Mistakes) Load(string runsFolder)
    {
        string root = Checkout.Root;
        TomlTable file = TomlSerializer.Deserialize<TomlTable>(
            File.ReadAllText(Path.Combine(root, Folder, "quickstart.toml")))!;
        TomlTableArray episodes = (TomlTableArray)file["episode"];
        RunConfig config = new()
        {
            RunsFolder = runsFolder,
            PolicyFile = Path.Combine(root, Folder, "policy.toml"),
            Upstream = "simulated",
            Timeout = TimeSpan.FromSeconds(60),
            Episodes =
            [
                .. episodes.Select(episode => new EpisodeConfig
                {
                    TaskFolder = Path.Combine(root, "tasks", (string)episode["task"]),
                    Agent = $"scripted:{Path.Combine(root, Folder, (string)episode["agent"])}",
                }),
            ],
        };
        (RunPlan? plan, IReadOnlyList<string> mistakes) = RunPlanner.Plan(config);
        return plan is null
            ? (null, mistakes)
            : (new QuickstartPlan(plan, [.. episodes.Select(episode =>
                Enum.Parse<VerdictState>((string)episode["expect"], true))]), []);
    }
}
