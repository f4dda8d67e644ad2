using System.Globalization;

namespace Aurelian.Detection;

/// <summary>Reads a correlation. Source: Sigma correlation rules specification 2.</summary>
internal static class CorrelationReader
{
    /// <summary>Of one correlation: a count beyond it would need more memory than an event stream is worth.</summary>
    internal const int CountLargest = 10_000;

    private const int RulesMax = 64;

    internal static CorrelationPlan Read(YamlNode node)
    {
        YamlNode.Mapping correlation = node as YamlNode.Mapping
            ?? throw new RefusedException("its correlation is no map");
        CorrelationKind kind = correlation.Text("type") switch
        {
            "event_count" => CorrelationKind.EventCount,
            "value_count" => CorrelationKind.ValueCount,
            "temporal" => CorrelationKind.Temporal,
            "temporal_ordered" => CorrelationKind.TemporalOrdered,
            var other => throw new RefusedException($"correlation type '{other}' is not known; there are event_count, "
                + "value_count, temporal and temporal_ordered"),
        };
        IReadOnlyList<string> rules = correlation.Texts("rules");
        if (rules.Count is 0 or > RulesMax)
        {
            throw new RefusedException($"correlation: name from 1 to {RulesMax} rules");
        }

        bool temporal = kind is CorrelationKind.Temporal or CorrelationKind.TemporalOrdered;
        YamlNode.Mapping? condition = correlation["condition"] as YamlNode.Mapping;
        if (correlation["condition"] is not null && condition is null)
        {
            throw new RefusedException("correlation: a condition in words (extended temporal) is not honoured; give a "
                + "count");
        }

        int count = condition is not null ? Count(condition) : temporal ? rules.Count
            : throw new RefusedException("correlation: has no condition, for example 'gte: 10'");
        if (temporal && (count > rules.Count || (kind == CorrelationKind.TemporalOrdered && count != rules.Count)))
        {
            throw new RefusedException($"correlation: {count} of {rules.Count} rules cannot be had in that order");
        }

        string? field = condition?.Texts("field") switch
        {
            [var single] => single,
            { Count: > 1 } => throw new RefusedException("correlation: values of several fields are not counted"),
            _ => correlation.Text("field"),
        };
        return kind == CorrelationKind.ValueCount && field is null
            ? throw new RefusedException("correlation: value_count needs 'field' in its condition")
            : new CorrelationPlan(
                kind, rules, correlation.Texts("group-by"), Aliases(correlation["aliases"]),
                Span(correlation.Text("timespan")), count, field,
                correlation.Text("generate") is "true" or "True" or "yes");
    }

    private static int Count(YamlNode.Mapping condition)
    {
        int? least = null;
        foreach ((string key, YamlNode node) in condition.Items.Where(each => each.Key != "field"))
        {
            if (key is not ("gte" or "gt" or "eq"))
            {
                throw new RefusedException(key is "lt" or "lte" or "neq"
                    ? $"correlation: '{key}' is known only when the time is over; count upwards (gte, gt, eq)"
                    : $"correlation: condition '{key}' is not known");
            }

            if (node is not YamlNode.Scalar scalar || least is not null
                || !int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || number + (key == "gt" ? 1 : 0) is < 1 or > CountLargest)
            {
                throw new RefusedException($"correlation: '{key}' needs one number from 1 to {CountLargest}");
            }

            least = number + (key == "gt" ? 1 : 0);
        }

        return least ?? throw new RefusedException("correlation: its condition has no count, for example 'gte: 10'");
    }

    private static TimeSpan Span(string? text)
    {
        if (text is { Length: > 1 } && int.TryParse(
            text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number is > 0 and <= 1_000_000)
        {
            switch (text[^1])
            {
                case 's': return TimeSpan.FromSeconds(number);
                case 'm': return TimeSpan.FromMinutes(number);
                case 'h': return TimeSpan.FromHours(number);
                case 'd' when number <= 3660: return TimeSpan.FromDays(number);
            }
        }

        throw new RefusedException($"correlation: timespan '{text}' is none: a number and s, m, h or d");
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Aliases(YamlNode? node)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> aliases = [];
        foreach ((string alias, YamlNode fields) in (node as YamlNode.Mapping)?.Items ?? [])
        {
            aliases[alias] = fields is YamlNode.Mapping map ? map.Items.ToDictionary(
                each => each.Key, each => (each.Value as YamlNode.Scalar)?.Value
                    ?? throw new RefusedException($"correlation: alias '{alias}' needs a field for '{each.Key}'"))
                : throw new RefusedException($"correlation: alias '{alias}' names no rules");
        }

        return aliases;
    }
}
