using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>aurelian generate DIR</c>.</summary>
internal sealed class GenerateSyntax : CommandSyntax
{
    internal GenerateSyntax()
        : base("generate", "Continues texts with a model; several prompts at once.", """
            A text ends at the model's end token, at a --stop text (which stays in it) or after --tokens. Each prompt
            draws from a random source of its own, so its text does not depend on the prompts beside it.
            Without --prompt one is read from standard input.

            Examples:
              aurelian generate my-model --prompt "To list a folder," --temperature 0
              aurelian generate my-model --chat --system "Be brief." --prompt "2+2?" --seed 7
              aurelian generate my-model --prompt a --prompt b --format json

            Exit codes: 1 broken weights or no PyTorch, 2 bad input, else 0.
            """)
    {
        Format.AcceptOnlyFromAmong("text", "json");
        Command.Add(Folder);
        Command.Add(Prompt);
        Command.Add(Chat);
        Command.Add(System);
        Command.Add(Tokens);
        Command.Add(Temperature);
        Command.Add(TopP);
        Command.Add(TopK);
        Command.Add(Stop);
        Command.Add(Seed);
        Command.Add(Adapter);
        Command.Add(Threads);
        Command.Add(Format);
    }

    internal Argument<string> Folder { get; } = new("DIR") { Description = "A Hugging Face folder with a tokenizer" };

    internal Option<string[]> Prompt { get; } = new("--prompt")
    {
        HelpName = "TEXT",
        Description = "What to continue; more than one is allowed",
    };

    internal Option<bool> Chat { get; } = new("--chat")
    {
        Description = "The prompt is a user's message, rendered by the model's chat template",
    };

    internal Option<string?> System { get; } = new("--system")
    {
        HelpName = "TEXT",
        Description = "With --chat: the system message",
    };

    internal Option<int> Tokens { get; } = new("--tokens")
    {
        HelpName = "N",
        Description = "New tokens at most",
        DefaultValueFactory = _ => 256,
    };

    internal Option<double> Temperature { get; } = new("--temperature")
    {
        HelpName = "T",
        Description = "0: always the most probable token; 1: as the model thinks",
        DefaultValueFactory = _ => 1,
    };

    internal Option<double> TopP { get; } = new("--top-p")
    {
        HelpName = "P",
        Description = "Only the most probable tokens that together have this probability",
        DefaultValueFactory = _ => 1,
    };

    internal Option<int> TopK { get; } = new("--top-k")
    {
        HelpName = "K",
        Description = "Only the K most probable tokens; 0: all",
        DefaultValueFactory = _ => 0,
    };

    internal Option<string[]> Stop { get; } = new("--stop")
    {
        HelpName = "TEXT",
        Description = "Ends a text once it has this in it; more than one is allowed",
    };

    internal Option<int> Seed { get; } = new("--seed")
    {
        HelpName = "N",
        Description = "The same seed gives the same texts",
        DefaultValueFactory = _ => 0,
    };

    internal Option<string?> Adapter { get; } = new("--adapter")
    {
        HelpName = "DIR",
        Description = "A LoRA adapter in PEFT's layout",
    };

    internal Option<int> Threads { get; } = new("--threads")
    {
        HelpName = "N",
        Description = "Threads of one operation; 0: as many as there are cores",
        DefaultValueFactory = _ => 0,
    };

    internal Option<string> Format { get; } = new("--format")
    {
        HelpName = "text|json",
        Description = "json: one line a prompt with text, ids, log-probabilities and why it ended",
        DefaultValueFactory = _ => "text",
    };
}
