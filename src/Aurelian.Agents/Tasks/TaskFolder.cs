using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Aurelian.Agents;

/// <summary>
/// Reads a task: <c>task.toml</c>, <c>instruction.md</c>, <c>environment/files/</c> (copied to the working directory),
/// <c>solution/solve.sh</c>, <c>tests/test.sh</c>.
/// </summary>
public static class TaskFolder
{
    private const double TimeoutDefault = 300;
    private const double TimeoutMax = 24 * 3600;

    public static (TaskPlan? Plan, IReadOnlyList<InputError> Errors) Load(string folder)
    {
        string full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
        {
            return (null, [new InputError(folder, 0, "no such task folder")]);
        }

        List<InputError> errors = [];
        foreach (string needed in new[] { "task.toml", "instruction.md", "tests/test.sh" })
        {
            if (!File.Exists(Path.Combine(full, needed)))
            {
                errors.Add(new InputError(Path.Combine(folder, needed), 0,
                    "is missing; a task in Harbor's format has it"));
            }
        }

        (double agent, double verifier) = errors.Count == 0
            ? ReadTimeouts(Path.Combine(folder, "task.toml"), errors)
            : (0, 0);
        return errors.Count > 0
            ? (null, errors)
            : (new TaskPlan(
                Path.GetFileName(full.TrimEnd('/')), full, File.ReadAllText(Path.Combine(full, "instruction.md")),
                Path.Combine(full, "environment", "files"), Path.Combine(full, "tests"), TimeSpan.FromSeconds(agent),
                TimeSpan.FromSeconds(verifier)), []);
    }

    private static (double Agent, double Verifier) ReadTimeouts(string file, List<InputError> errors)
    {
        DocumentSyntax document = SyntaxParser.Parse(File.ReadAllText(file), file, true);
        errors.AddRange(document.Diagnostics.Select(each =>
            new InputError(file, each.Span.Start.Line + 1, each.Message)));
        Dictionary<string, double> found = new() { ["agent"] = TimeoutDefault, ["verifier"] = TimeoutDefault };
        foreach (TableSyntaxBase table in document.Tables)
        {
            string name = table.Name?.ToString().Trim() ?? "";
            foreach (KeyValueSyntax item in table.Items.Where(item =>
                found.ContainsKey(name) && item.Key?.ToString().Trim() == "timeout_sec"))
            {
                double? seconds = item.Value switch
                {
                    FloatValueSyntax real => real.Value,
                    IntegerValueSyntax whole => whole.Value,
                    _ => null,
                };
                if (seconds is > 0 and <= TimeoutMax)
                {
                    found[name] = seconds.Value;
                }
                else
                {
                    errors.Add(new InputError(
                        file, item.Span.Start.Line + 1,
                            $"{name}.timeout_sec must be a number of seconds up to {TimeoutMax}"));
                }
            }
        }

        return (found["agent"], found["verifier"]);
    }
}
