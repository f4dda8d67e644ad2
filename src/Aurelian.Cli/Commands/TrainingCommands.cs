using System.CommandLine;
using Aurelian.Training.Syntax;

namespace Aurelian.Cli.Commands;

/// <summary>
/// Commands of the training program: their options and help are known here, PyTorch is loaded only in a process of
/// its own.
/// </summary>
internal static class TrainingCommands
{
    internal static IEnumerable<Command> Create()
    {
        TrainingSyntax syntax = new();
        foreach (CommandSyntax leaf in syntax.Leaves)
        {
            leaf.Command.SetAction((parsed, cancellationToken) =>
                TrainingProcess.RunAsync([.. parsed.Tokens.Select(token => token.Value)], cancellationToken));
            leaf.Command.Teach(leaf.Lesson);
        }

        return syntax.Roots();
    }
}
