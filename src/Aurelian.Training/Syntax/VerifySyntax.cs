using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary><c>aurelian model verify DIR</c>.</summary>
internal sealed class VerifySyntax : CommandSyntax
{
    internal VerifySyntax()
        : base("verify", "Compares a model's numbers with those of a reference implementation.", """
            Loads the folder, runs the reference's batch forwards and backwards, continues its prompts and takes its
            training steps, and prints a line for each group of numbers with the largest difference. What the file
            must hold: docs/MODEL.md.

            Examples:
              aurelian model verify my-model --against numbers/expected.safetensors
              aurelian model verify my-model --adapter my-model/adapter --tolerance 1e-4

            Exit codes: 1 a difference is beyond the tolerance, 2 bad input, else 0.
            """)
    {
        Tolerance.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<double>() is not (>= 0 and < 1))
            {
                result.AddError("--tolerance: give a number from 0 to 1");
            }
        });
        Command.Add(Folder);
        Command.Add(Against);
        Command.Add(Adapter);
        Command.Add(Tolerance);
    }

    internal Argument<string> Folder { get; } = new("DIR") { Description = "A Hugging Face folder" };

    internal Option<string?> Against { get; } = new("--against")
    {
        HelpName = "FILE",
        Description = "Numbers made elsewhere; without it DIR/expected.safetensors",
    };

    internal Option<string?> Adapter { get; } = new("--adapter")
    {
        HelpName = "DIR",
        Description = "A LoRA adapter in PEFT's layout; without it DIR/adapter where that is there",
    };

    internal Option<double> Tolerance { get; } = new("--tolerance")
    {
        HelpName = "T",
        Description = "Largest difference allowed; a third of it for gradients. Choices and tokens must be the same",
        DefaultValueFactory = _ => 3e-5,
    };
}
