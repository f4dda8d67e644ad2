using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>speak DIR</c>, for <c>--agent local:DIR</c>: started by other programs, so not listed.</summary>
internal sealed class SpeakSyntax : CommandSyntax
{
    internal SpeakSyntax()
        : base("speak", "Answers conversations, a line of JSON each; what '--agent local:DIR' starts.", """
            Reads a conversation a line, as a JSON list of {"Role","Text"}, and answers with {"Text","Ids","LogProbs"}.

            Exit codes: 1 broken machinery, 2 bad input, else 0.
            """)
    {
        Command.Hidden = true;
        Command.Add(Folder);
        Command.Add(Seed);
    }

    internal Argument<string> Folder { get; } = new("DIR") { Description = "A model that 'aurelian train' made" };

    internal Option<int> Seed { get; } = new("--seed")
    {
        HelpName = "N", Description = "Of the sampling", DefaultValueFactory = _ => 1,
    };
}
