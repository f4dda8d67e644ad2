using System.Globalization;

namespace Aurelian.Detection;

internal enum CorrelationKind
{
    EventCount,
    ValueCount,
    Temporal,
    TemporalOrdered,
}

/// <summary>A correlation as written: what it counts, over how long, and by what it keeps events apart.</summary>
/// <param name="Rules">Names or ids of other rules.</param>
/// <param name="GroupBy">Fields or aliases.</param>
/// <param name="Aliases">Of each alias, the field that it is in each rule's events.</param>
/// <param name="CountMin">Events, values or rules that complete it.</param>
/// <param name="Field">Whose values are counted.</param>
/// <param name="Generate">The rules make findings of their own, too.</param>
internal sealed record CorrelationPlan(
    CorrelationKind Kind, IReadOnlyList<string> Rules, IReadOnlyList<string> GroupBy,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Aliases, TimeSpan Span, int CountMin,
    string? Field, bool Generate)
{
    public override string ToString()
    {
        string what = Kind switch
        {
            CorrelationKind.EventCount => $"{CountMin} events of {string.Join(" or ", Rules)}",
            CorrelationKind.ValueCount => $"{CountMin} values of {Field} in {string.Join(" or ", Rules)}",
            CorrelationKind.Temporal => $"{CountMin} of {string.Join(", ", Rules)}",
            _ => string.Join(", then ", Rules),
        };
        string apart = GroupBy.Count == 0 ? "" : $", each {string.Join(" and ", GroupBy)} apart";
        return string.Create(CultureInfo.InvariantCulture, $"{what} within {Span}{apart}");
    }
}
