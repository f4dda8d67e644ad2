namespace Aurelian.Detection;

/// <summary>A selection in words, for a person who asks what a rule means.</summary>
internal static class SelectionText
{
    private const int ValuesShown = 12;

    internal static string Of(YamlNode node) => node switch
    {
        YamlNode.Scalar scalar => $"the event mentions {Value(scalar)}",
        YamlNode.Mapping map => string.Join("\n  and ", map.Items.Select(Entry)),
        YamlNode.Sequence list when list.Items.All(item => item is YamlNode.Scalar) =>
            $"the event mentions {Values(list, " or ")}",
        YamlNode.Sequence list => string.Join("\n  or ", list.Items.Select(Of)),
        _ => "",
    };

    private static string Entry(KeyValuePair<string, YamlNode> entry)
    {
        string[] words = entry.Key.Split('|');
        string field = words[0].Length == 0 ? "the event" : words[0];
        bool all = words.Contains("all");
        string verb = words[0].Length == 0 ? "mentions" : words.Contains("exists") ? "exists:"
            : words.Contains("re") ? "matches" : words.Contains("contains") ? "contains"
            : words.Contains("startswith") ? "starts with" : words.Contains("endswith") ? "ends with"
            : words.Contains("cidr") ? "is in" : words.Contains("lt") ? "<" : words.Contains("lte") ? "≤"
            : words.Contains("gt") ? ">" : words.Contains("gte") ? "≥" : words.Contains("neq") ? "is not" : "is";
        string[] others = [.. words.Skip(1).Except(
            ["all", "exists", "re", "contains", "startswith", "endswith", "cidr", "lt", "lte", "gt", "gte", "neq"])];
        string how = others.Length == 0 ? "" : $" ({string.Join(", ", others)})";
        return $"{field} {verb}{how} {(entry.Value is YamlNode.Scalar scalar ? Value(scalar)
            : Values((YamlNode.Sequence)entry.Value, all ? " and " : " or "))}";
    }

    private static string Values(YamlNode.Sequence list, string between)
    {
        IEnumerable<string> shown = list.Items.OfType<YamlNode.Scalar>().Take(ValuesShown).Select(Value);
        int left = list.Items.Count - ValuesShown;
        return string.Join(between, shown) + (left > 0 ? $"{between}{left} others" : "");
    }

    private static string Value(YamlNode.Scalar scalar) =>
        scalar.IsNull ? "null" : scalar.Plain ? scalar.Value : $"'{scalar.Value}'";
}
