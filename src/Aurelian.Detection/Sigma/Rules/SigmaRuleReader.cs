using System.Globalization;

namespace Aurelian.Detection;

/// <summary>Makes rules of a document, or says why it is none that can be honoured.</summary>
internal static class SigmaRuleReader
{
    private const int TextMax = 65_535;

    /// <param name="fileRule">The rule's name where it gives none: its file's.</param>
    internal static (SigmaRule? Rule, SigmaRefusal? Refusal) Read(YamlNode document, SigmaFile file, string fileRule)
    {
        string title = fileRule;
        try
        {
            YamlNode.Mapping rule = document as YamlNode.Mapping
                ?? throw new RefusedException("is no Sigma rule: a rule is a map with title, logsource and detection");
            title = rule.Text("title") ?? rule.Text("name") ?? fileRule;
            return (Read(rule, file, fileRule), null);
        }
        catch (RefusedException refused)
        {
            return (null, new SigmaRefusal(file.Name, document.Line, Cut(title, 256), refused.Message));
        }
    }

    private static SigmaRule Read(YamlNode.Mapping rule, SigmaFile file, string fileRule)
    {
        if (rule["action"] is not null)
        {
            throw new RefusedException("'action' is a collection of Sigma 1; write each rule out");
        }

        if (rule["filter"] is not null && rule["detection"] is null)
        {
            throw new RefusedException("is a Sigma filter, which changes other rules; write it into their conditions");
        }

        if (rule.Text("taxonomy") is { } taxonomy and not "sigma")
        {
            throw new RefusedException($"taxonomy '{taxonomy}' is not known; only Sigma's own names are");
        }

        SigmaRule read = Describe(rule, file, fileRule);
        if (rule["correlation"] is { } correlation)
        {
            CorrelationPlan plan = CorrelationReader.Read(correlation);
            return read with { Correlation = plan, Condition = plan.ToString() };
        }

        SigmaSource source = LogSources.Of(rule["logsource"] as YamlNode.Mapping
            ?? throw new RefusedException("has no logsource"));
        YamlNode.Mapping detection = rule["detection"] as YamlNode.Mapping
            ?? throw new RefusedException("has no detection");
        string[] conditions = [.. detection.Texts("condition")];
        if (conditions.Length == 0 || detection["timeframe"] is not null)
        {
            throw new RefusedException(conditions.Length == 0 ? "its detection has no condition"
                : "'timeframe' belongs to Sigma 1's counts; write a correlation rule instead");
        }

        SelectionReader reader = new(source);
        Dictionary<string, Expression> selections = [];
        foreach ((string name, YamlNode node) in detection.Items.Where(each => each.Key != "condition"))
        {
            selections[name] = reader.Read(node);
        }

        return read with
        {
            Source = source,
            Condition = string.Join(" or ", conditions),
            Selections = [.. detection.Items.Where(each => each.Key != "condition")
                .Select(each => (each.Key, SelectionText.Of(each.Value)))],
            // A list of conditions is a list of searches: each of them is the rule.
            Detection = Expression.Any([.. conditions.Select(each => ConditionParser.Parse(each, selections))]),
        };
    }

    private static SigmaRule Describe(YamlNode.Mapping rule, SigmaFile file, string fileRule) => new()
    {
        Name = Cut(rule.Text("name") ?? fileRule, 128),
        Title = Cut(rule.Text("title") ?? throw new RefusedException("has no title"), 256),
        File = file.Name,
        Line = rule.Line,
        Trust = file.Trust,
        Id = rule.Text("id"),
        Alias = rule.Text("name"),
        Status = Case<SigmaStatus>(rule, "status", SigmaStatus.Experimental) is var status
            && status != SigmaStatus.Unsupported ? status
            : throw new RefusedException("its status is 'unsupported': its author says that it cannot be used"),
        Level = Case(rule, "level", SigmaLevel.Low),
        Description = rule.Text("description") is { } description ? Cut(description, TextMax) : null,
        Author = rule.Text("author"),
        References = rule.Texts("references"),
        Tags = rule.Texts("tags"),
        FalsePositives = rule.Texts("falsepositives"),
        Runbook = rule.Text("runbook"),
        Condition = "",
    };

    private static T Case<T>(YamlNode.Mapping rule, string key, T standard) where T : struct, Enum
    {
        if (rule.Text(key) is not { } text)
        {
            return standard;
        }

        return !int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
            && Enum.TryParse(text, ignoreCase: true, out T read) ? read
            : throw new RefusedException($"{key} '{Cut(text, 40)}' is none of "
                + string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant())));
    }

    private static string Cut(string text, int max) => text.Length > max ? text[..max] : text;
}
