namespace Aurelian.Detection;

/// <summary>A correlation whose rules and fields have been found.</summary>
/// <param name="Number">Its own among all rules.</param>
/// <param name="Members">Of each rule that it names, by number: its places in the order written.</param>
/// <param name="Fields">Of each rule whose events may complete it: what it groups by (null: nothing of the event) and
/// whose values are counted.</param>
internal sealed record ResolvedCorrelation(
    int Number, CorrelationPlan Plan, IReadOnlyDictionary<int, int[]> Members,
    IReadOnlyDictionary<int, CorrelationFields> Fields);

internal sealed record CorrelationFields(IReadOnlyList<SigmaField> GroupBy, SigmaField? Counted);

/// <summary>Finds what correlations name; refuses those that name what is not there.</summary>
internal sealed class CorrelationResolver(IReadOnlyList<SigmaRule> rules)
{
    /// <summary>Other tools' names of the machine: two sandboxes are never put together anyway.</summary>
    private static readonly string[] Machine = ["Computer", "ComputerName", "Hostname", "host", "host.name"];

    private readonly Dictionary<string, int> _numbers = Numbers(rules);
    private readonly Dictionary<int, int[]> _bases = [];

    /// <exception cref="RefusedException">A rule or a field is not there, or it leads back to itself.</exception>
    internal ResolvedCorrelation Resolve(int number)
    {
        CorrelationPlan plan = rules[number].Correlation!;
        Dictionary<int, CorrelationFields> fields = [];
        foreach (int each in BasesOf(number, []))
        {
            fields[each] = FieldsOf(plan, rules[each]);
        }

        return new ResolvedCorrelation(
            number, plan, plan.Rules.Select((name, place) => (Number: Find(name), place))
                .GroupBy(each => each.Number).ToDictionary(
                    group => group.Key, group => group.Select(each => each.place).ToArray()), fields);
    }

    private int[] BasesOf(int number, HashSet<int> above)
    {
        if (rules[number].Correlation is not { } plan)
        {
            return [number];
        }

        if (!above.Add(number))
        {
            throw new RefusedException("correlation: it leads back to itself");
        }

        if (!_bases.TryGetValue(number, out int[]? bases))
        {
            _bases[number] = bases =
                [.. plan.Rules.SelectMany(name => BasesOf(Find(name), above)).Distinct().Order()];
        }

        above.Remove(number);
        return bases;
    }

    private int Find(string name) => _numbers.TryGetValue(name, out int number) ? number
        : throw new RefusedException($"correlation: no rule that is honoured has the name or id '{name}'");

    private static CorrelationFields FieldsOf(CorrelationPlan plan, SigmaRule rule) => new(
        [.. plan.GroupBy.Where(name => !Machine.Contains(name)).Select(name => FieldOf(plan, rule, name))],
        plan.Field is { } counted ? FieldOf(plan, rule, counted) : null);

    private static SigmaField FieldOf(CorrelationPlan plan, SigmaRule rule, string name)
    {
        if (plan.Aliases.TryGetValue(name, out IReadOnlyDictionary<string, string>? alias))
        {
            name = new[] { rule.Alias, rule.Id }.OfType<string>()
                .Select(key => alias.GetValueOrDefault(key)).FirstOrDefault(each => each is not null)
                ?? throw new RefusedException($"correlation: alias '{name}' has no field for rule '{rule.Name}'");
        }

        return SigmaFields.Of(rule.Source!.Value, name);
    }

    private static Dictionary<string, int> Numbers(IReadOnlyList<SigmaRule> rules)
    {
        Dictionary<string, int> numbers = [];
        for (int number = 0; number < rules.Count; number++)
        {
            foreach (string name in new[] { rules[number].Alias, rules[number].Id }.OfType<string>())
            {
                numbers.TryAdd(name, number);
            }
        }

        return numbers;
    }
}
