using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>aurelian train JOB</c>.</summary>
internal sealed class TrainSyntax : CommandSyntax
{
    internal TrainSyntax()
        : base("train", "Trains an agent in watched sandboxes; the verdict of each episode gates what it teaches.", """
            Reads a job (TOML): model, tasks, algorithm, sandbox and firewall policy, verdict switches, seed. All of it
            is checked before anything starts. Every arm of the job is trained from the same warm start. [engine]
            kind = "tinker" trains the same job on a server that speaks the Tinker protocol (docs/TRAINING.md).

            Examples:
              aurelian train examples/rome.toml --dry-run
              aurelian train examples/rome.toml
              aurelian train examples/rome.toml --seeds 10 --arm A --arm B
              aurelian train --resume runs/train-20261126-120000
              aurelian train --rollback-to-clean runs/train-20261126-120000

            A folder RUN holds seed-N/ARM/ with metrics.jsonl, tensorboard/, trajectories.jsonl, taint.jsonl (which
            episodes fed which update), checkpoints/ and, at the end, model/. Whatever breaks it off (Ctrl-C, a full
            disk, kill -9), its last checkpoints stand, and --resume RUN goes on from them.

            Exit codes: 1 broken machinery, 2 bad input (nothing was started), else 0.
            """)
    {
        Seeds.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() is not (>= 1 and <= 1000))
            {
                result.AddError("--seeds: give a number from 1 to 1000");
            }
        });
        Command.Validators.Add(result =>
        {
            int given = (result.GetValue(Job) is null ? 0 : 1) + (result.GetValue(Resume) is null ? 0 : 1)
                + (result.GetValue(RollbackToClean) is null ? 0 : 1);
            if (given != 1)
            {
                result.AddError("train: give a job file, or --resume RUN, or --rollback-to-clean RUN");
            }
        });
        Command.Add(Job);
        Command.Add(DryRun);
        Command.Add(Seeds);
        Command.Add(Arms);
        Command.Add(Memoised);
        Command.Add(Memo);
        Command.Add(Check);
        Command.Add(Resume);
        Command.Add(RollbackToClean);
        Command.Add(Runs);
    }

    internal Argument<string?> Job { get; } = new("JOB")
    {
        Description = "A job file", Arity = ArgumentArity.ZeroOrOne,
    };

    internal Option<bool> DryRun { get; } = new("--dry-run")
    {
        Description = "Check the job, print its plan and how long it will take, and start nothing",
    };

    internal Option<int> Seeds { get; } = new("--seeds")
    {
        HelpName = "N", Description = "Seeds, from the job's own on", DefaultValueFactory = _ => 1,
    };

    internal Option<string[]> Arms { get; } = new("--arm")
    {
        HelpName = "NAME", Description = "Only this arm of the job; may be repeated", DefaultValueFactory = _ => [],
    };

    internal Option<bool> Memoised { get; } = new("--memoised")
    {
        Description = "Answer a command that was run before on the same task by its recorded outcome",
    };

    internal Option<string?> Memo { get; } = new("--memo")
    {
        HelpName = "DIR", Description = "With --memoised: where outcomes are recorded; default: the run's own folder",
    };

    internal Option<int> Check { get; } = new("--check")
    {
        HelpName = "N",
        Description = "Afterwards, run N recorded commands again in sandboxes and say how many answer the same",
        DefaultValueFactory = _ => 0,
    };

    internal Option<string?> Resume { get; } = new("--resume")
    {
        HelpName = "RUN", Description = "Go on with a run that was broken off, from its last checkpoints",
    };

    internal Option<string?> RollbackToClean { get; } = new("--rollback-to-clean")
    {
        HelpName = "RUN",
        Description = "Go on from before the first update that a late verdict has tainted, without those episodes; "
            + "RUN, or one arm: RUN/seed-N/ARM",
    };

    internal Option<string> Runs { get; } = new("--runs")
    {
        HelpName = "DIR", Description = "Folder of run folders", DefaultValueFactory = _ => "runs",
    };
}
