using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Rules;
using Spectre.Console;

namespace Aurelian.Cli;

/// <summary>Rules for people.</summary>
internal static class RulesText
{
    private const int TitleWidth = 64;
    private const int ReasonWidth = 160;

    internal static void WriteList(SigmaRules rules, TextWriter writer)
    {
        Table table = Columns("rule", "kind", "severity", "category", "status", "ATT&CK", "what");
        foreach (DetectorNote note in DetectorNotes.All.OrderBy(each => each.Category).ThenBy(each => each.Name,
            StringComparer.Ordinal))
        {
            Row(table, note.Name, "detector", ReplayJson.Word(note.SeverityMax), ReplayJson.Word(note.Category),
                "built in", note.Technique, note.What);
        }

        foreach (SigmaRule rule in rules.Rules.OrderBy(each => each.Category).ThenBy(each => each.Name,
            StringComparer.Ordinal))
        {
            Row(table, rule.Name, rule.Source is null ? "correlation" : "sigma",
                rule.Silent ? "counted" : ReplayJson.Word(rule.Severity), ReplayJson.Word(rule.Category),
                ReplayJson.Word(rule.Status), rule.Technique ?? "", rule.Title);
        }

        Consoles.For(writer).Write(table);
        if (RuleSets.Warning(rules) is { } refused)
        {
            writer.WriteLine(refused);
        }
    }

    internal static void WriteImport(SigmaRules rules, string folder, TextWriter writer)
    {
        Table table = Columns("rule", "file", "", "why");
        foreach (SigmaRule rule in rules.Rules)
        {
            Row(table, rule.Title, Beneath(folder, rule.File), "loaded",
                rule.Silent ? "counted by a correlation" : $"{ReplayJson.Word(rule.Level)}: {Effect(rule)}");
        }

        foreach (SigmaRefusal refusal in rules.Refusals)
        {
            Row(table, refusal.Rule, $"{Beneath(folder, refusal.File)}:{refusal.Line}", "refused", refusal.Reason);
        }

        Consoles.For(writer).Write(table);
        writer.WriteLine($"{rules.Rules.Count} loaded, {rules.Refusals.Count} refused");
    }

    internal static void WriteTests(
        IReadOnlyList<RuleTestResult> results, IReadOnlyList<string> untested, IReadOnlyList<SigmaRefusal> refusals,
        TextWriter writer)
    {
        foreach (IGrouping<string, RuleTestResult> file in results.GroupBy(each => each.File))
        {
            writer.WriteLine(TerminalText.Safe(file.Key));
            foreach (RuleTestResult each in file)
            {
                writer.WriteLine($"  {(each.Passed ? "ok    " : "FAILED")} {TerminalText.Line(each.Case, ReasonWidth)}"
                    + (each.Passed ? "" : $": {TerminalText.Line(each.Detail, ReasonWidth)}"));
            }
        }

        foreach (SigmaRefusal each in refusals)
        {
            writer.WriteLine(TerminalText.Safe($"refused: {each.File}: {each.Rule}: {each.Reason}"));
        }

        foreach (string file in untested)
        {
            writer.WriteLine(TerminalText.Safe($"no test stands beside {file}"));
        }

        writer.WriteLine($"{results.Count(each => each.Passed)} passed, {results.Count(each => !each.Passed)} failed, "
            + $"{refusals.Count} rules refused, {untested.Count} files of rules without a test");
    }

    internal static void WriteExplanation(SigmaRule rule, TextWriter writer)
    {
        List<(string Label, string Text)> lines =
        [
            ("title", rule.Title), ("rule", rule.Name), ("id", rule.Id ?? ""), ("file", rule.File),
            ("status", ReplayJson.Word(rule.Status)), ("author", rule.Author ?? ""),
            ("level", $"{ReplayJson.Word(rule.Level)}: {Effect(rule)}"),
            ("threat", $"{ReplayJson.Word(rule.Category)} {rule.Technique}"),
            ("what", rule.Description ?? ""),
            ("looks at", rule.Source is { } source ? SourceText(source) : "findings of other rules"),
            ("fires when", rule.Condition),
        ];
        lines.AddRange(rule.Selections.Select(each => ($"  {each.Name}", each.Text)));
        lines.Add(("honest too", string.Join("; ", rule.FalsePositives)));
        lines.Add(("read on", string.Join(" ", rule.References)));
        lines.Add(("then", rule.Runbook ?? ""));
        foreach ((string label, string text) in lines.Where(each => each.Text.Length > 0))
        {
            string[] parts = [.. text.Split('\n').Select(TerminalText.Safe)];
            writer.WriteLine($"{TerminalText.Safe(label),-14}  {parts[0]}");
            foreach (string part in parts.Skip(1))
            {
                writer.WriteLine($"{"",-14}  {part}");
            }
        }

        writer.WriteLine();
    }

    internal static int WriteExplanation(DetectorNote note, TextWriter writer)
    {
        writer.WriteLine($"{note.Name}: {note.What}");
        writer.WriteLine($"A built-in detector: {ReplayJson.Word(note.Category)} {note.Technique}, at most "
            + $"{ReplayJson.Word(note.SeverityMax)}. What it does not see: docs/DETECTION.md.");
        return ExitCodes.Done;
    }

    private static string Effect(SigmaRule rule) => rule.Severity switch
    {
        >= Severity.High => "contains",
        Severity.Medium when rule.Level > SigmaLevel.Medium => "suspect (a rule of yours contains only with "
            + "--rules-contain; one of ours once it is stable)",
        Severity.Medium => "suspect",
        _ => "noted",
    };

    private static string SourceText(SigmaSource source) => source switch
    {
        SigmaSource.ProcessCreation => "every program that is started",
        SigmaSource.NetworkConnection => "every connection that is tried",
        SigmaSource.DnsQuery => "every name that is asked for",
        SigmaSource.Audit => "every start of a program, file opened for writing and attempt to connect",
        _ => "every file that is opened for writing",
    };

    private static string Beneath(string folder, string file) =>
        Directory.Exists(folder) ? Path.GetRelativePath(folder, file) : file;

    private static Table Columns(params string[] names)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string name in names)
        {
            table.AddColumn(new TableColumn(new Text(name)));
        }

        return table;
    }

    private static void Row(Table table, params string[] cells) => table.AddRow(cells.Select((cell, index) =>
        (Spectre.Console.Rendering.IRenderable)new Text(
            TerminalText.Line(cell, index == cells.Length - 1 ? ReasonWidth : TitleWidth))));
}
