using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>aurelian eval JOB</c>.</summary>
internal sealed class EvalSyntax : CommandSyntax
{
    internal EvalSyntax()
        : base("eval", "Plays a model on a job's held-out tasks in watched sandboxes; nothing is learnt.", """
            Says for each task how often its tests passed, how often an outside pool credited the work, and what the
            verdicts were.

            Examples:
              aurelian eval examples/rome.toml --model my-model
              aurelian eval examples/rome.toml --model my-model --arm D --samples 8 --train-tasks
              aurelian eval examples/rome.toml --model my-model --format json | jq .all.success

            --format json prints one object (aurelian.eval/1): job, arm and model; "all" and "tasks", each with
            task, episodes, success, abuse (shares from 0 to 1) and verdicts (episodes by state); and "episodes",
            each with id, task, reward, credits, verdict (state, final, findings), stopReason and commands.

            Exit codes: 1 broken machinery, 2 bad input (nothing was started), else 0.
            """)
    {
        Samples.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() is not (>= 1 and <= 1000))
            {
                result.AddError("--samples: give a number from 1 to 1000");
            }
        });
        Format.AcceptOnlyFromAmong("text", "json");
        Command.Add(Job);
        Command.Add(Model);
        Command.Add(Arm);
        Command.Add(Samples);
        Command.Add(TrainTasks);
        Command.Add(Format);
        Command.Add(Runs);
    }

    internal Argument<string> Job { get; } = new("JOB") { Description = "A job file" };

    internal Option<string> Model { get; } = new("--model")
    {
        HelpName = "DIR", Description = "A Hugging Face folder", Required = true,
    };

    internal Option<string?> Arm { get; } = new("--arm")
    {
        HelpName = "NAME", Description = "Whose sandboxes and firewall; default: the job's first arm",
    };

    internal Option<int> Samples { get; } = new("--samples")
    {
        HelpName = "N", Description = "Episodes of each task", DefaultValueFactory = _ => 4,
    };

    internal Option<bool> TrainTasks { get; } = new("--train-tasks")
    {
        Description = "The tasks that are trained on, not the held-out ones",
    };

    internal Option<string> Format { get; } = new("--format")
    {
        HelpName = "text|json",
        Description = "json: one object on standard output",
        DefaultValueFactory = _ => "text",
    };

    internal Option<string> Runs { get; } = new("--runs")
    {
        HelpName = "DIR", Description = "Folder of run folders", DefaultValueFactory = _ => "runs",
    };
}
