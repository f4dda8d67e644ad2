using Aurelian.Training.Syntax;

namespace Aurelian.Training.Commands;

/// <summary>Gives every command what it does.</summary>
internal static class TrainingActions
{
    internal static void Attach(TrainingSyntax syntax)
    {
        syntax.Inspect.Command.SetAction(parsed => InspectAction.Run(
            parsed.GetValue(syntax.Inspect.Folder)!, parsed.GetValue(syntax.Inspect.Format) == "json", Console.Out));
    }
}
