using System.CommandLine;
using Aurelian.Bench;

Argument<string[]> names = new("name")
{
    Description = "Which benchmarks; none: all of them.", Arity = ArgumentArity.ZeroOrMore,
};
Option<string> format = new("--format") { Description = "text or json", DefaultValueFactory = _ => "text" };
Option<bool> list = new("--list") { Description = "Names the benchmarks." };
Option<bool> longer = new("--long") { Description = "Also what takes minutes: 10 million events, 2,000 steps." };
Option<int?> pairs = new("--pairs") { Description = "Alternating pairs of each; default: each benchmark's own." };
format.AcceptOnlyFromAmong("text", "json");
RootCommand root = new("Measures Aurelian against its peers, alternating in one run.")
{
    names, format, list, longer, pairs,
};
root.SetAction((parsed, cancellationToken) =>
{
    BenchSettings settings = new(parsed.GetValue(longer), parsed.GetValue(pairs), Console.Error.WriteLine);
    return BenchRun.ExecuteAsync(
        parsed.GetValue(names)!, parsed.GetValue(list), parsed.GetValue(format) == "json", settings,
        cancellationToken);
});
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    return BenchRun.BadInput;
}

return await parsed.InvokeAsync().ConfigureAwait(false);
