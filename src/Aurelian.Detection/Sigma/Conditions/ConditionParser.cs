using System.Globalization;
using System.Text.RegularExpressions;

namespace Aurelian.Detection;

/// <summary>
/// Sigma's conditions: <c>not</c> before <c>and</c> before <c>or</c>, parentheses, <c>1 of</c>, <c>all of</c>,
/// <c>them</c>. Source: Sigma rules specification 2, "Condition"; precedence as in its BNF.
/// </summary>
internal sealed partial class ConditionParser
{
    private const int DepthMax = 64;
    private const int TokensMax = 4096;

    private readonly string[] _tokens;
    private readonly IReadOnlyDictionary<string, Expression> _selections;
    private int _at;

    private ConditionParser(string[] tokens, IReadOnlyDictionary<string, Expression> selections) =>
        (_tokens, _selections) = (tokens, selections);

    /// <exception cref="RefusedException">It says what is no condition, or none of these selections.</exception>
    internal static Expression Parse(string condition, IReadOnlyDictionary<string, Expression> selections)
    {
        if (condition.Contains('|', StringComparison.Ordinal))
        {
            throw new RefusedException(
                "the condition counts after a pipe, as Sigma 1 did; write a correlation rule instead");
        }

        string[] tokens = [.. Token().Matches(condition).Take(TokensMax + 1).Select(match => match.Value)];
        if (tokens.Length > TokensMax || tokens.FirstOrDefault(each => !Known().IsMatch(each)) is not null)
        {
            throw new RefusedException(tokens.Length > TokensMax ? "the condition is too long"
                : $"the condition has '{tokens.First(each => !Known().IsMatch(each))}', which has no meaning there");
        }

        ConditionParser parser = new(tokens, selections);
        Expression read = parser.Either(0);
        return parser._at == tokens.Length ? read
            : throw new RefusedException($"the condition has '{tokens[parser._at]}' where it should end or go on with "
                + "'and' or 'or'");
    }

    private Expression Either(int depth)
    {
        List<Expression> operands = [Both(depth)];
        while (Takes("or"))
        {
            operands.Add(Both(depth));
        }

        return Expression.Any(operands);
    }

    private Expression Both(int depth)
    {
        List<Expression> operands = [Single(depth)];
        while (Takes("and"))
        {
            operands.Add(Single(depth));
        }

        return Expression.All(operands);
    }

    private Expression Single(int depth)
    {
        if (depth > DepthMax)
        {
            throw new RefusedException($"the condition is nested deeper than {DepthMax}");
        }

        if (Takes("not"))
        {
            return new Expression.Not(Single(depth + 1));
        }

        if (Takes("("))
        {
            Expression inner = Either(depth + 1);
            return Takes(")") ? inner : throw new RefusedException("the condition lacks a ')'");
        }

        if (_at >= _tokens.Length)
        {
            throw new RefusedException("the condition ends where a selection should follow");
        }

        string word = _tokens[_at++];
        if (Takes("of"))
        {
            return Several(word);
        }

        return _selections.TryGetValue(word, out Expression? selection) ? selection
            : throw new RefusedException($"the condition names '{word}', and no selection is called that");
    }

    private Expression Several(string quantity)
    {
        string pattern = _at < _tokens.Length ? _tokens[_at++] : "";
        // Those that begin with an underscore are parts of others, not of "them".
        Expression[] named = [.. _selections.Where(each => Is(pattern, "them")
            ? !each.Key.StartsWith('_') : Matches(pattern, each.Key)).Select(each => each.Value)];
        if (named.Length == 0)
        {
            throw new RefusedException(
                $"the condition says '{quantity} of {pattern}', and no selection is called that");
        }

        if (Is(quantity, "all"))
        {
            return Expression.All(named);
        }

        int count = Is(quantity, "any") ? 1
            : int.TryParse(quantity, NumberStyles.None, CultureInfo.InvariantCulture, out int said) ? said : 0;
        return count == 1 ? Expression.Any(named)
            : count > 1 ? new Expression.AtLeast(count, named)
            : throw new RefusedException($"the condition says '{quantity} of': a number, 'any' or 'all' goes there");
    }

    private bool Takes(string word)
    {
        bool there = _at < _tokens.Length && Is(_tokens[_at], word);
        _at += there ? 1 : 0;
        return there;
    }

    private static bool Is(string token, string word) => token.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>With <c>*</c> for any text.</summary>
    private static bool Matches(string pattern, string name) =>
        Glob.Read(pattern, literally: true, caseMatters: true).IsMatch(name);

    [GeneratedRegex(@"[()]|[^\s()]+", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex(@"^([()]|[\w.*-]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex Known();
}
