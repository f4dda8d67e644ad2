using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>aurelian model inspect DIR</c>.</summary>
internal sealed class InspectSyntax : CommandSyntax
{
    internal InspectSyntax()
        : base("inspect", "Says how large a model is: parameters, active ones, memory.", """
            Reads config.json alone, so that a model can be judged before it is fetched.

            Examples:
              aurelian model inspect Qwen3-30B-A3B
              aurelian model inspect Qwen3-30B-A3B --format json

            Exit codes: 2 bad input, else 0.
            """)
    {
        Format.AcceptOnlyFromAmong("text", "json");
        Command.Add(Folder);
        Command.Add(Format);
    }

    internal Argument<string> Folder { get; } = new("DIR") { Description = "A Hugging Face folder" };

    internal Option<string> Format { get; } = new("--format")
    {
        HelpName = "text|json",
        Description = "json: one object on standard output",
        DefaultValueFactory = _ => "text",
    };
}
