using Aurelian.Sandbox;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Aurelian.Firewall;

/// <summary>
/// Reads a policy file (TOML). Every mistake is told at once, with file, line and setting; none is forgiven.
/// </summary>
public static class PolicyFile
{
    private const int RulesMax = 10_000;
    private const int BytesMax = 1 << 20;
    private const long Megabyte = 1 << 20;

    public static (PolicyPlan? Plan, IReadOnlyList<PolicyError> Errors) Load(string path)
    {
        try
        {
            return new FileInfo(path).Length <= BytesMax
                ? Parse(path, File.ReadAllText(path))
                : (null, [new PolicyError(path, 0, "file", $"is larger than {BytesMax} bytes")]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, [new PolicyError(path, 0, "file", exception.Message)]);
        }
    }

    public static (PolicyPlan? Plan, IReadOnlyList<PolicyError> Errors) Parse(string file, string text)
    {
        DocumentSyntax document = SyntaxParser.Parse(text, file, true);
        List<PolicyError> errors =
        [
            .. document.Diagnostics.Select(each =>
                new PolicyError(file, each.Span.Start.Line + 1, "syntax", each.Message)),
            .. document.KeyValues.Select(item => new PolicyError(
                file, item.Span.Start.Line + 1, item.Key?.ToString().Trim() ?? "", "is no setting here")),
        ];
        List<PolicyRule> rules = [];
        HashSet<string> single = [];
        bool durable = false, contain = false;
        IReadOnlyList<string> folders = [];
        SandboxSettings sandbox = new();
        foreach (TableSyntaxBase each in document.Tables)
        {
            string name = each.Name?.ToString().Trim() ?? "";
            PolicyTable table = new(file, name, each, errors);
            switch (name)
            {
                case "allow" when each is TableArraySyntax && rules.Count >= RulesMax:
                    table.Fail("", $"is one rule too many; {RulesMax} is the most");
                    return (null, errors);
                case "allow" when each is TableArraySyntax:
                    if (RuleReader.Read(table) is { } rule)
                    {
                        rules.Add(rule);
                    }

                    break;
                case "run" or "sandbox" when each is not TableSyntax || !single.Add(name):
                    table.Fail("", "is one table, given once");
                    continue;
                case "run":
                    durable = table.Truth("durable") ?? false;
                    contain = table.Truth("rules_contain") ?? false;
                    folders = table.Texts("rules") ?? [];
                    break;
                case "sandbox":
                    sandbox = ReadSandbox(table);
                    break;
                default:
                    table.Fail("", $"[{name}] is no table here; known are [[allow]], [run] and [sandbox]");
                    continue;
            }

            table.RefuseRest();
        }

        errors.Sort((one, other) => one.Line.CompareTo(other.Line));
        return errors.Count > 0
            ? (null, errors)
            : (new PolicyPlan
            {
                Rules = rules, Durable = durable, Sandbox = sandbox, RulesContain = contain,
                RuleFolders = [.. folders.Select(folder => Path.Combine(Path.GetDirectoryName(file) ?? "", folder))],
            }, []);
    }

    private static RuntimeConfig ReadRuntime(PolicyTable table)
    {
        string? command = table.Text("runtime");
        RuntimeConfig? runtime = RuntimeConfig.Of(
            command, table.Truth("perCallCgroup"), table.Truth("hostSyscallEvents"));
        if (runtime is null)
        {
            table.FailAt("runtime", $"'{command}' is not known here: say perCallCgroup and hostSyscallEvents of it");
        }

        return runtime ?? RuntimeConfig.Runc;
    }

    private static SandboxSettings ReadSandbox(PolicyTable table)
    {
        RootFilesystemConfig root = new() { Path = table.Text("root"), ReadOnlyPaths = table.Texts("readonly") ?? [] };
        foreach ((string setting, string mistake) in root.Mistakes())
        {
            table.FailAt(setting, mistake);
        }

        return ReadSandbox(table, root);
    }

    private static SandboxSettings ReadSandbox(PolicyTable table, RootFilesystemConfig root) => new()
    {
        Root = root.Path,
        Runtime = ReadRuntime(table),
        ReadOnlyPaths = root.ReadOnlyPaths,
        Recycle = table.Truth("recycle"),
        Cpus = table.Real("cpus", 0.01, 1024),
        MemoryBytes = table.Number("memory_mb", 16, 1 << 24) * Megabyte,
        Processes = (int?)table.Number("processes", 8, 1 << 20),
        DiskBytes = table.Number("disk_mb", 1, 1 << 24) * Megabyte,
    };
}
