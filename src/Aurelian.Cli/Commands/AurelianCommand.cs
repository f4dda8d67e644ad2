using System.CommandLine;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian</c> itself: every command, and help that teaches.</summary>
internal static class AurelianCommand
{
    /// <summary>No '@file' expansion: an argument is what the user typed.</summary>
    internal static ParserConfiguration Parsing { get; } =
        new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <param name="trailing">What followed <c>--</c>; null where nothing did.</param>
    internal static RootCommand Create(string[]? trailing)
    {
        RootCommand root = new("Runs coding agents in watched sandboxes and names the tool call behind every act.")
        {
            QuickstartCommand.Create(),
            RunCommand.Create(trailing),
            IncidentsCommand.Create(),
            ReportCommand.Create(),
            ReplayCommand.Create(),
            EvaluateCommand.Create(),
            RulesCommand.Create(),
            InvestigateCommand.Create(),
            DoctorCommand.Create(),
        };
        foreach (Command command in TrainingCommands.Create())
        {
            root.Add(command);
        }

        root.Teach("""
            Start with:   ./aurelian quickstart
            A command:    ./aurelian run -- bash -c 'make test'
            Read on:      README.md, and 'aurelian COMMAND --help' for examples and exit codes

            """);
        TeachingHelp.Install(root);
        return root;
    }
}
