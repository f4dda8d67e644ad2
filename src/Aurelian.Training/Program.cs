using System.CommandLine;
using System.Globalization;
using Aurelian.Training;
using Aurelian.Training.Commands;
using Aurelian.Training.Syntax;

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
TrainingSyntax syntax = new();
TrainingActions.Attach(syntax);
RootCommand root = new("Aurelian's training program; './aurelian model' and its kin start it.");
foreach (Command command in syntax.Roots())
{
    root.Add(command);
}

ParseResult parsed = root.Parse(args, new ParserConfiguration
{
    ResponseFileTokenReplacer = null,
    EnablePosixBundling = false,
});
if (parsed.Errors.Count > 0)
{
    return Failures.Say(ExitCodes.BadInput, string.Join('\n', parsed.Errors.Select(error => error.Message)));
}

return await Failures.ReportAsync(() => parsed.InvokeAsync(new InvocationConfiguration
{
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
})).ConfigureAwait(false);
