using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>aurelian sft JOB</c>.</summary>
internal sealed class SftSyntax : CommandSyntax
{
    internal SftSyntax()
        : base("sft", "Fine-tunes a job's model on its demonstrations, and does nothing else. Needs no root.", """
            The warm start of 'aurelian train' by itself: the model of [model], new or from a folder, on the
            demonstrations of [warm_start]. A demonstration is a line of JSON:

              {"kind": "right", "instruction": "Sort a.txt.", "turns": [{"command": "sort a.txt", "output": ""}]}

            Example:
              aurelian sft examples/rome.toml --output my-model

            Exit codes: 1 broken machinery, 2 bad input (nothing was started), else 0.
            """)
    {
        Command.Add(Job);
        Command.Add(Output);
    }

    internal Argument<string> Job { get; } = new("JOB") { Description = "A job file" };

    internal Option<string> Output { get; } = new("--output")
    {
        HelpName = "DIR", Description = "Where the model goes, a Hugging Face folder; must not be there yet",
        Required = true,
    };
}
