using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Aurelian.Cli;

/// <summary>
/// Help in two lengths: one line in the list of commands, and with a command's own options also examples and exit
/// codes.
/// </summary>
internal static class TeachingHelp
{
    private static readonly ConditionalWeakTable<Command, string> Lessons = [];

    /// <summary>What <c>COMMAND --help</c> says below its options.</summary>
    internal static Command Teach(this Command command, string lesson)
    {
        Lessons.Add(command, lesson);
        return command;
    }

    internal static void Install(RootCommand root)
    {
        foreach (HelpOption option in root.Options.OfType<HelpOption>())
        {
            option.Action = new TeachingAction((SynchronousCommandLineAction)option.Action!);
        }
    }

    private sealed class TeachingAction(SynchronousCommandLineAction standard) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            if (Lessons.TryGetValue(parseResult.CommandResult.Command, out string? lesson))
            {
                parseResult.InvocationConfiguration.Output.WriteLine(lesson);
            }

            return code;
        }
    }
}
