using Aurelian.Training.Syntax;

namespace Aurelian.Training.Commands;

/// <summary>Gives every command what it does.</summary>
internal static class TrainingActions
{
    internal static void Attach(TrainingSyntax syntax)
    {
        InspectSyntax inspect = syntax.Inspect;
        inspect.Command.SetAction(parsed => InspectAction.Run(
            parsed.GetValue(inspect.Folder)!, parsed.GetValue(inspect.Format) == "json", Console.Out));

        VerifySyntax verify = syntax.Verify;
        verify.Command.SetAction(parsed => VerifyAction.Run(
            parsed.GetValue(verify.Folder)!, parsed.GetValue(verify.Against), parsed.GetValue(verify.Adapter),
            parsed.GetValue(verify.Tolerance), Console.Out));

        TokenizeSyntax tokenize = syntax.Tokenize;
        tokenize.Command.SetAction(parsed =>
        {
            using StreamWriter output = new(Console.OpenStandardOutput());
            return TokenizeAction.Run(
                parsed.GetValue(tokenize.Folder)!, parsed.GetValue(tokenize.Template), Console.OpenStandardInput(),
                output);
        });
    }
}
