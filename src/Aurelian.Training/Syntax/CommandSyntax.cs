using System.CommandLine;

namespace Aurelian.Training.Syntax;

/// <summary>
/// A command's name, options and help without what it does. This folder is compiled twice: the command line shows help
/// and refuses mistakes without loading PyTorch, and the training program reads the same arguments again to act.
/// </summary>
internal abstract class CommandSyntax(string name, string description, string lesson)
{
    internal Command Command { get; } = new(name, description);

    /// <summary>What <c>--help</c> says below the options: examples and exit codes.</summary>
    internal string Lesson { get; } = lesson;
}
