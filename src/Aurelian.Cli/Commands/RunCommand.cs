using System.CommandLine;
using Aurelian.Episodes;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian run</c>: one watched episode, of a task or of a command.</summary>
internal static class RunCommand
{
    internal static Command Create(string[]? trailing)
    {
        Option<string?> task = new("--task") { HelpName = "DIR", Description = "A task in Harbor's format" };
        Option<string?> agent = new("--agent")
        {
            HelpName = "KIND:WHAT",
            Description = "Who works on the task: scripted:FILE (a JSON file of tool calls), local:DIR (a model "
                + "trained here), openai:URL#MODEL (any compatible server)",
        };
        Option<string?> workdir = new("--workdir")
        {
            HelpName = "DIR",
            Description = "With a command: a folder that is copied in and becomes the working directory",
        };
        Option<string?> diff = new("--diff")
        {
            HelpName = "FILE",
            Description = "With --workdir: write the changes to FILE as a patch for 'git apply'",
        };
        Option<string[]> environment = new("--env")
        {
            HelpName = "NAME",
            Description = "With a command: pass this environment variable through; may be repeated",
            DefaultValueFactory = _ => [],
        };
        Option<double> linger = SharedOptions.SecondsOption(
            "--linger", "With a command: seconds that what it left running is watched", standard: 3, least: 0);
        SharedOptions shared = new();
        Command command = new("run", "Runs one watched episode: a task with an agent, or a command as one tool call.")
        {
            task, agent, workdir, diff, environment, linger,
        };
        shared.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            RunConfig config = shared.ToConfig(parsed) with
            {
                WorkingFolder = parsed.GetValue(workdir),
                DiffFile = parsed.GetValue(diff),
                Input = Console.IsInputRedirected ? Console.OpenStandardInput() : null,
                PassedEnvironment = parsed.GetValue(environment) ?? [],
                Linger = TimeSpan.FromSeconds(parsed.GetValue(linger)),
                Episodes =
                [
                    new EpisodeConfig
                    {
                        TaskFolder = parsed.GetValue(task),
                        Agent = parsed.GetValue(agent),
                        Command = trailing,
                    },
                ],
            };
            return RunAction.ExecuteAsync(config, parsed.GetValue(shared.Format)!, cancellationToken);
        });
        return command.Teach($"""
            Examples:
              aurelian run --task tasks/fix-log-parser --agent scripted:examples/quickstart/honest-log-parser.json
              aurelian run --task tasks/csv-report --agent openai:http://127.0.0.1:8000/v1#Qwen3-30B-A3B
              aurelian run --upstream simulated -- python3 train.py --epochs 3
              aurelian run --workdir . --diff changes.patch --env API_KEY -- my-agent "fix the bug"

            A server's key is read from OPENAI_API_KEY.

            What follows '--' passes unchanged. Without a policy nothing may leave the sandbox; with one:

              [[allow]]
              name = "*.example.org"      # or cidr = "192.0.2.0/24"
              ports = [443]
              protocol = "tls"            # http, tls, ssh, tcp

            {ExitCodes.Help}
            """);
    }
}
