using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>serve-model DIR</c>.</summary>
internal sealed class ServeModelSyntax : CommandSyntax
{
    internal ServeModelSyntax()
        : base("serve-model", "Serves a model: the Tinker training protocol and chat completions.", """
            Examples:
              aurelian serve-model runs/train-1/seed-1/A/model
              TINKER_BASE_URL=http://127.0.0.1:7411 TINKER_API_KEY=tml-any python train.py
              OPENAI_BASE_URL=http://127.0.0.1:7411/v1 OPENAI_API_KEY=any python chat.py

            Rank 0 in create_model trains all weights, any other rank an adapter. With AURELIAN_TOKEN set, clients
            must send it: 'tml-' + token, or as a bearer.

            Exit codes: 1 broken machinery, 2 bad input, 0 after Ctrl-C.
            """)
    {
        Command.Add(Folder);
        Command.Add(Listen);
        Command.Add(Name);
        Command.Add(Saves);
        Command.Add(AllowRemote);
        Command.Add(Threads);
    }

    internal Argument<string> Folder { get; } = new("DIR") { Description = "A Hugging Face folder" };

    internal Option<string> Listen { get; } = new("--listen")
    {
        HelpName = "ADDRESS:PORT", Description = "Where clients reach it; port 0 takes a free one",
        DefaultValueFactory = _ => "127.0.0.1:7411",
    };

    internal Option<string?> Name { get; } = new("--name")
    {
        HelpName = "NAME", Description = "What clients call the model; else the folder's name",
    };

    internal Option<string> Saves { get; } = new("--saves")
    {
        HelpName = "FOLDER", Description = "Where clients' saved weights are kept",
        DefaultValueFactory = _ => "runs/served",
    };

    internal Option<bool> AllowRemote { get; } = new("--allow-remote")
    {
        Description = "Listen on an address that other machines reach; needs AURELIAN_TOKEN",
    };

    internal Option<int> Threads { get; } = new("--threads")
    {
        HelpName = "N", Description = "Of the arithmetic; 0 for the library's choice", DefaultValueFactory = _ => 0,
    };
}
