using System.CommandLine;
using Aurelian.Cli;
using Aurelian.Cli.Commands;

(string[] own, string[]? trailing) = TrailingCommand.Split(args);
InvocationConfiguration invoking = new()
{
    EnableDefaultExceptionHandler = false,
    // Time to kill, unmount and write the verdict after Ctrl-C.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
};
ParseResult parsed = AurelianCommand.Create(trailing)
    .Parse(args.Length == 0 ? ["--help"] : own, AurelianCommand.Parsing);
if (parsed.Errors.Count > 0)
{
    return BadInput.Say(parsed.Errors.Select(error => error.Message));
}

return await Failures.ReportAsync(() => parsed.InvokeAsync(invoking)).ConfigureAwait(false);
