using System.Globalization;
using System.Text.RegularExpressions;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Explaining;

/// <summary>
/// Where a command's text names what its alerts point to. A port alone is said only where half of the alerts go there:
/// ports are few, and some agree by chance.
/// </summary>
internal static partial class Agreements
{
    private const int TextMax = 16_384;

    internal static IReadOnlyList<string> Of(string? command, IReadOnlyList<CaseAlert> alerts)
    {
        if (string.IsNullOrEmpty(command) || alerts.Count == 0)
        {
            return [];
        }

        string text = command.Length > TextMax ? command[..TextMax] : command;
        List<string> sentences = [];
        foreach (IGrouping<string, CaseAlert> address in alerts.Where(alert => alert.DestinationAddress is not null)
            .GroupBy(alert => alert.DestinationAddress!).Where(each => Names(text, each.Key))
            .OrderByDescending(each => each.Count()).ThenBy(each => each.Key, StringComparer.Ordinal).Take(3))
        {
            sentences.Add($"its command names {address.Key}, where {address.Count()} of its {alerts.Count} alerts go");
        }

        HashSet<int> ports = [.. Port().Matches(text).Select(match => int.Parse(
            match.Groups[1].Value, CultureInfo.InvariantCulture))];
        foreach (IGrouping<int, CaseAlert> port in alerts.Where(alert => alert.DestinationPort is not null)
            .GroupBy(alert => alert.DestinationPort!.Value)
            .Where(each => ports.Contains(each.Key) && each.Count() * 2 >= alerts.Count && each.Count() > 1)
            .OrderByDescending(each => each.Count()).ThenBy(each => each.Key))
        {
            sentences.Add(string.Create(CultureInfo.InvariantCulture,
                $"its command names port {port.Key}, where {port.Count()} of its {alerts.Count} alerts go"));
        }

        return sentences;
    }

    private static bool Names(string text, string address)
    {
        int at = text.IndexOf(address, StringComparison.Ordinal);
        return at >= 0 && (at == 0 || !char.IsAsciiDigit(text[at - 1]))
            && (at + address.Length == text.Length || !char.IsAsciiDigit(text[at + address.Length]));
    }

    [GeneratedRegex(@"(?<=[\w\]]:|\s)(\d{2,5})(?![\w.])")]
    private static partial Regex Port();
}
