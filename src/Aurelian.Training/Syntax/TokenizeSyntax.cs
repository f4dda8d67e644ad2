using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>aurelian model tokenize DIR</c>.</summary>
internal sealed class TokenizeSyntax : CommandSyntax
{
    internal TokenizeSyntax()
        : base("tokenize", "Turns texts and talks into token ids, line by line as JSON.", """
            Reads JSON Lines from standard input (gzip too) and writes one line for each:
              {"text": …}                         → {"ids": …, "idsAsPlainText": …}
              {"messages": …, "tools", "options"} → {"text": …, "ids": …}
            idsAsPlainText recognises no added token: how text from a sandbox is encoded.

            Examples:
              echo '{"text": "<|im_end|>"}' | aurelian model tokenize Qwen3-30B-A3B
              aurelian model tokenize Qwen3-30B-A3B --template my.jinja < talks.jsonl

            Exit codes: 2 bad input, else 0.
            """)
    {
        Command.Add(Folder);
        Command.Add(Template);
    }

    internal Argument<string> Folder { get; } = new("DIR")
    {
        Description = "A folder with tokenizer.json (or tokenizer.json.gz) and tokenizer_config.json",
    };

    internal Option<string?> Template { get; } = new("--template")
    {
        HelpName = "FILE",
        Description = "A chat template; without it the folder's own",
    };
}
