using System.Text;

namespace Aurelian.Detection;

/// <summary>
/// A selection: a map whose entries all hold, a list of which one holds, or keywords. Values of a list are
/// alternatives, unless <c>all</c> says otherwise.
/// </summary>
internal sealed class SelectionReader(SigmaSource source)
{
    /// <summary>One rule's; SigmaHQ's largest have some hundreds.</summary>
    private const int ValuesMax = 20_000;

    private int _values;

    internal Expression Read(YamlNode node) => node switch
    {
        YamlNode.Mapping { Items.Count: > 0 } map => Expression.All([.. Checked(map).Items.Select(Entry)]),
        YamlNode.Sequence { Items.Count: > 0 } list => Expression.Any([.. list.Items.Select(item =>
            item is YamlNode.Scalar keyword ? Keyword(keyword, new Modifiers { Field = "" }) : Read(item))]),
        YamlNode.Scalar { IsNull: false } keyword => Keyword(keyword, new Modifiers { Field = "" }),
        _ => throw new RefusedException($"line {node.Line}: a selection is empty"),
    };

    private YamlNode.Mapping Checked(YamlNode.Mapping map)
    {
        if (source == SigmaSource.Audit)
        {
            AuditRecords.Check(map);
        }

        return map;
    }

    private Expression Entry(KeyValuePair<string, YamlNode> entry)
    {
        Modifiers how = Modifiers.Read(entry.Key);
        YamlNode.Scalar[] values = entry.Value switch
        {
            YamlNode.Scalar scalar => [scalar],
            YamlNode.Sequence list when list.Items.All(item => item is YamlNode.Scalar) =>
                [.. list.Items.Cast<YamlNode.Scalar>()],
            _ => throw new RefusedException($"'{entry.Key}' has neither a value nor a list of values"),
        };
        if (values.Length == 0 || (_values += values.Length) > ValuesMax)
        {
            throw new RefusedException(values.Length == 0 ? $"'{entry.Key}' has no value"
                : $"a rule has more than {ValuesMax} values");
        }

        Expression[] tests = [.. values.Select(value => Value(how, value))];
        Expression all = how.All ? Expression.All(tests) : Expression.Any(tests);
        return how.Not ? new Expression.Not(all) : all;
    }

    private Expression Value(Modifiers how, YamlNode.Scalar value)
    {
        if (how.Field.Length == 0)
        {
            return Keyword(value, how);
        }

        SigmaField field = SigmaFields.Of(source, how.Field);
        if (field == SigmaField.RecordType)
        {
            return new Expression.Is(AuditRecords.OfType(value.Value));
        }

        if (how.Exists)
        {
            return new Expression.Is(FieldTests.Is(field, Truth(value)));
        }

        if (value.IsNull)
        {
            return new Expression.Is(FieldTests.Is(field, present: false));
        }

        FieldTest? single = how.Regex ? FieldTests.Matches(field, value.Value, how.RegexOptions)
            : how.Network ? FieldTests.Within(field, value.Value)
            : how.Comparison is { } comparison ? FieldTests.Compares(field, comparison, value.Value)
            : how.Reference ? FieldTests.Equals(
                field, SigmaFields.Of(source, value.Value), how.Before, how.Behind, how.Cased)
            : null;
        return single is not null ? new Expression.Is(single) : Expression.Any(
            [.. Globs(how, value.Value).Select(glob => new Expression.Is(FieldTests.Matches(field, glob)))]);
    }

    private Expression Keyword(YamlNode.Scalar value, Modifiers how)
    {
        if (value.IsNull || how.Exists || how.Network || how.Reference || how.Comparison is not null)
        {
            throw new RefusedException("a keyword is a text that is sought everywhere; this asks for a field");
        }

        return how.Regex ? new Expression.Is(FieldTests.Mentions(source, value.Value, how.RegexOptions))
            : Expression.Any([.. Globs(how, value.Value).Select(glob =>
                new Expression.Is(FieldTests.Mentions(source, glob)))]);
    }

    /// <summary>A value in every form that its modifiers give it.</summary>
    private static IEnumerable<Glob> Globs(Modifiers how, string value)
    {
        if (value.Contains('\uFFFF', StringComparison.Ordinal))
        {
            throw new RefusedException("a value has U+FFFF, which is no character");
        }

        if (how.Encodings.Count == 0)
        {
            return [Glob.Read(value, how.Cased).Within(how.Before, how.Behind)];
        }

        if (how.Encodings is ["windash"])
        {
            return Encodings.Dashed(value).Select(form => Glob.Read(form, how.Cased).Within(how.Before, how.Behind));
        }

        if (Glob.Read(value, how.Cased).HasWildcard)
        {
            throw new RefusedException($"'{value}': a wildcard has no {how.Encodings[^1]} form");
        }

        string literal = Glob.Read(value, true).Literal;
        IEnumerable<string> plain = how.Encodings.Contains("windash") ? Encodings.Dashed(literal) : [literal];
        return plain.Select(Encoding.UTF8.GetBytes).SelectMany(form => Encoded(how.Encodings, form)).Distinct()
            .Select(text => Glob.Exactly(text, how.Cased).Within(how.Before, how.Behind));
    }

    private static IEnumerable<string> Encoded(IEnumerable<string> encodings, byte[] bytes)
    {
        IEnumerable<byte[]> forms = [bytes];
        foreach (string encoding in encodings)
        {
            forms = [.. forms.SelectMany(form => encoding switch
            {
                "wide" or "utf16le" => [Encodings.Utf16(form, bigEndian: false, mark: false)],
                "utf16be" => [Encodings.Utf16(form, bigEndian: true, mark: false)],
                "utf16" => [Encodings.Utf16(form, bigEndian: false, mark: true)],
                "base64" => [Encoding.ASCII.GetBytes(Convert.ToBase64String(form))],
                "base64offset" => Encodings.Base64AtEveryOffset(form).Select(Encoding.ASCII.GetBytes),
                _ => (IEnumerable<byte[]>)[form],
            })];
        }

        // A byte a character: what a log shows of bytes.
        return forms.Select(Encoding.Latin1.GetString);
    }

    private static bool Truth(YamlNode.Scalar value) => value.Value.ToUpperInvariant() switch
    {
        "TRUE" or "YES" => true,
        "FALSE" or "NO" => false,
        _ => throw new RefusedException($"exists: '{value.Value}' is neither true nor false"),
    };
}
