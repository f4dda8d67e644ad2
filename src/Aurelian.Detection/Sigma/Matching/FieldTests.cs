using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Aurelian.Detection;

/// <summary>Compiles a question about one field, or about any text of the event, to a test.</summary>
internal static class FieldTests
{
    internal static FieldTest Matches(SigmaField field, Glob glob) => new(
        $"{field} = {glob.Key}", Compile(field, glob),
        glob.Required() is { Text.Length: > 0 } needed
            ? [IndexKey.Of(needed.Place, field, needed.Text)] : null);

    /// <summary>Somewhere in the event, as in a log line.</summary>
    internal static FieldTest Mentions(SigmaSource source, Glob glob)
    {
        SigmaField[] fields = [.. SigmaFields.Texts(source)];
        Glob within = glob.Within(true, true);
        return new FieldTest(
            $"{source} mentions {within.Key}",
            view => Array.Exists(fields, field => view.TryText(field, out ReadOnlySpan<char> text)
                && within.IsMatch(text)),
            within.Required() is { Text.Length: > 0 } needed
                ? [.. fields.Select(field => IndexKey.Of(needed.Place, field, needed.Text))] : null);
    }

    internal static FieldTest Matches(SigmaField field, string pattern, RegexOptions options)
    {
        LazyRegex regex = new(pattern, options);
        return new FieldTest(
            $"{field} ~ {(int)options} {pattern}",
            view => view.TryText(field, out ReadOnlySpan<char> text) && regex.IsMatch(text),
            RegexPattern.Required(pattern) is { } needed
                ? [IndexKey.Of(IndexPlace.Anywhere, field, needed)] : null);
    }

    internal static FieldTest Mentions(SigmaSource source, string pattern, RegexOptions options)
    {
        LazyRegex regex = new(pattern, options);
        SigmaField[] fields = [.. SigmaFields.Texts(source)];
        return new FieldTest(
            $"{source} mentions ~ {(int)options} {pattern}",
            view => Array.Exists(fields, field => view.TryText(field, out ReadOnlySpan<char> text)
                && regex.IsMatch(text)), null);
    }

    internal static FieldTest Is(SigmaField field, bool present) => new(
        $"{field} {(present ? "is there" : "is not there")}",
        view => view.TryText(field, out _) == present, null);

    internal static FieldTest Within(SigmaField field, string network)
    {
        if (field is not (SigmaField.DestinationIp or SigmaField.SourceIp))
        {
            throw new RefusedException($"cidr: {field} is no address");
        }

        if (!AddressRange.TryParse(network, out AddressRange range))
        {
            throw new RefusedException($"cidr: '{network}' is no network");
        }

        return new FieldTest(
            $"{field} in {range}",
            view => view.TryAddress(field, out IPAddress address) && range.Contains(address),
            [IndexKey.Of(IndexPlace.Network, field, range.ToString())]);
    }

    internal static FieldTest Compares(SigmaField field, string comparison, string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit))
        {
            throw new RefusedException($"{comparison}: '{text}' is no number");
        }

        return new FieldTest($"{field} {comparison} {limit:R}", view => view.TryText(field, out ReadOnlySpan<char> said)
            && double.TryParse(said, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && comparison switch
            {
                "lt" => number < limit, "lte" => number <= limit, "gt" => number > limit, _ => number >= limit,
            }, null);
    }

    internal static FieldTest Equals(SigmaField field, SigmaField other, bool before, bool behind, bool cased)
    {
        StringComparison how = cased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return new FieldTest(
            $"{field} {(before, behind, cased)} {other}",
            view => view.TryText(field, out ReadOnlySpan<char> text)
                && view.TryText(other, out ReadOnlySpan<char> second)
                && (before && behind ? text.Contains(second, how) : before ? text.EndsWith(second, how)
                    : behind ? text.StartsWith(second, how) : text.Equals(second, how)),
            null);
    }

    private static EventTest Compile(SigmaField field, Glob glob)
    {
        if (glob.HasWildcard)
        {
            return view => view.TryText(field, out ReadOnlySpan<char> text) && glob.IsMatch(text);
        }

        string literal = glob.Literal;
        StringComparison how = glob.Key[0] == 'c' ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return view => view.TryText(field, out ReadOnlySpan<char> text) && text.Equals(literal, how);
    }
}
