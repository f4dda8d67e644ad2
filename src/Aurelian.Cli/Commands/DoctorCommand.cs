using System.CommandLine;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian doctor</c>: what this machine can enforce and see.</summary>
internal static class DoctorCommand
{
    internal static Command Create()
    {
        Option<string> format = SharedOptions.FormatOption();
        Command command = new("doctor", "Says what this machine can enforce and see, and what is missing.")
        {
            format,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<Check> checks = MachineChecks.All();
            DoctorText.Write(checks, parsed.GetValue(format) == SharedOptions.FormatJson, Console.Out);
            return checks.Any(check => check is { Needed: true, Works: false }) ? ExitCodes.Broken : ExitCodes.Done;
        });
        return command.Teach("Changes nothing. Exit code 0 when a watched run can be started here, else 1.");
    }
}
