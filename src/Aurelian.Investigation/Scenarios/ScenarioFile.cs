using Aurelian.Events;
using Tomlyn;
using Tomlyn.Model;

namespace Aurelian.Investigation;

/// <summary>
/// A folder of live scenarios: <c>scenarios.toml</c>, <c>policy.toml</c>, and the programs in <c>programs/</c>.
/// </summary>
public static class ScenarioFile
{
    private static readonly string[] Known =
        ["name", "label", "what", "severity", "call", "calls", "needs", "quick"];

    public static string In(string folder) => Path.Combine(folder, "scenarios.toml");

    /// <param name="mistakes">Everything that cannot be understood, with the scenario's name.</param>
    public static IReadOnlyList<Scenario> Read(string folder, ICollection<string> mistakes)
    {
        string file = In(folder);
        TomlTable table;
        try
        {
            table = TomlSerializer.Deserialize<TomlTable>(File.ReadAllText(file)) ?? [];
        }
        catch (Exception exception) when (exception is TomlException or IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{file}: {exception.Message}");
            return [];
        }

        if (Value(table, "scenario") is not TomlTableArray list)
        {
            mistakes.Add($"{file}: has no [[scenario]].");
            return [];
        }

        List<Scenario> read = [];
        foreach (TomlTable each in list)
        {
            string name = Value(each, "name") as string ?? $"scenario {read.Count + 1}";
            List<string> wrong = [];
            if (Read(each, name, wrong) is { } scenario && wrong.Count == 0)
            {
                wrong.AddRange(read.Any(other => other.Name == name) ? ["there are two of that name"] : []);
                read.Add(scenario);
            }

            foreach (string mistake in wrong)
            {
                mistakes.Add($"{file}: {name}: {mistake}.");
            }
        }

        return read;
    }

    private static Scenario? Read(TomlTable table, string name, List<string> wrong)
    {
        wrong.AddRange(table.Keys.Except(Known).Select(key => $"'{key}' is no setting of a scenario"));
        string label = Value(table, "label") as string ?? "";
        string what = Value(table, "what") as string ?? "";
        IReadOnlyList<Category>? met = LabelsFile.Meets(label, what);
        bool honest = met is { Count: 0 };
        string severity = Value(table, "severity") as string ?? (honest ? "medium" : "");
        string[] calls = Texts(table, "calls");
        int? call = Value(table, "call") is long number ? (int)number : null;
        if (!Enum.TryParse(severity, ignoreCase: true, out Severity least))
        {
            wrong.Add("'severity' must be low, medium or high");
        }

        wrong.AddRange(met is null ? [$"'label' is '{label}', which is no label that is known here"] : []);
        wrong.AddRange(calls.Length == 0 ? ["'calls' must be a list of shell commands"] : []);
        wrong.AddRange(!honest && (call is null || call < 1 || call > calls.Length)
            ? ["'call' must be the number of the call that does it"] : []);
        return wrong.Count > 0 ? null : new Scenario(
            name, label, what, met!, least, call, calls, Texts(table, "needs"),
            Value(table, "quick") is true);
    }

    private static string[] Texts(TomlTable table, string key) =>
        Value(table, key) is TomlArray array ? [.. array.OfType<string>()] : [];

    private static object? Value(TomlTable table, string key) =>
        table.TryGetValue(key, out object? value) ? value : null;
}
