using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary>Every command of the training program.</summary>
internal sealed class TrainingSyntax
{
    internal InspectSyntax Inspect { get; } = new();

    internal VerifySyntax Verify { get; } = new();

    internal TokenizeSyntax Tokenize { get; } = new();

    internal GenerateSyntax Generate { get; } = new();

    internal TrainSyntax Train { get; } = new();

    internal SftSyntax Sft { get; } = new();

    internal EvalSyntax Eval { get; } = new();

    internal SpeakSyntax Speak { get; } = new();

    internal ServeModelSyntax ServeModel { get; } = new();

    /// <summary>Commands that do something, for help and actions.</summary>
    internal IEnumerable<CommandSyntax> Leaves =>
        [Train, Sft, Eval, Generate, Speak, ServeModel, Inspect, Verify, Tokenize];

    /// <summary>Commands as they stand below <c>aurelian</c>.</summary>
    internal IEnumerable<Command> Roots() =>
    [
        Train.Command, Sft.Command, Eval.Command, Speak.Command,
        new Command("model", "Checks, measures and tries a model: verify, inspect, tokenize.")
        {
            Inspect.Command, Verify.Command, Tokenize.Command,
        },
        Generate.Command, ServeModel.Command,
    ];
}
