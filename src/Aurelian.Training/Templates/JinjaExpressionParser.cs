using System.Globalization;
using System.Numerics;

namespace Aurelian.Training.Templates;

/// <summary>Reads expressions with Jinja's order of precedence, weakest first.</summary>
internal class JinjaExpressionParser(List<JinjaToken> tokens)
{
    /// <summary>Brackets within brackets beyond this would end the process.</summary>
    private const int DepthMax = 200;

    private int _at;
    private int _depth;

    protected JinjaToken Current => tokens[_at];

    protected JinjaToken Take() => tokens[_at++];

    protected bool TryTake(string text)
    {
        if (!Current.Is(text))
        {
            return false;
        }

        _at++;
        return true;
    }

    protected JinjaToken Expect(string text) => Current.Is(text) ? Take()
        : throw new JinjaException($"'{text}' is wanted, not {Current.Shown}", Current.Line);

    protected JinjaToken Expect(JinjaTokenKind kind, string what) => Current.Kind == kind ? Take()
        : throw new JinjaException($"{what} is wanted, not {Current.Shown}", Current.Line);

    internal JinjaExpression Expression(bool withConditional = true)
    {
        if (++_depth > DepthMax)
        {
            throw new JinjaException($"an expression is more than {DepthMax} deep", Current.Line);
        }

        JinjaExpression value = Or();
        while (withConditional && Current.Is("if"))
        {
            int line = Take().Line;
            JinjaExpression condition = Or();
            value = new JinjaExpression.Conditional(condition, value, TryTake("else") ? Expression() : null, line);
        }

        _depth--;
        return value;
    }

    /// <summary>Names before <c>in</c> or <c>=</c>.</summary>
    protected List<string> Names()
    {
        bool bracket = TryTake("(");
        List<string> names = [Expect(JinjaTokenKind.Name, "a name").Text];
        while (TryTake(","))
        {
            names.Add(Expect(JinjaTokenKind.Name, "a name").Text);
        }

        if (bracket)
        {
            Expect(")");
        }

        return names;
    }

    private JinjaExpression Or()
    {
        JinjaExpression left = And();
        while (Current.Is("or"))
        {
            left = new JinjaExpression.Either(left, Next(And, out int line), And: false, line);
        }

        return left;
    }

    private JinjaExpression And()
    {
        JinjaExpression left = Not();
        while (Current.Is("and"))
        {
            left = new JinjaExpression.Either(left, Next(Not, out int line), And: true, line);
        }

        return left;
    }

    private JinjaExpression Not()
    {
        if (!Current.Is("not"))
        {
            return Compare();
        }

        int line = Take().Line;
        return new JinjaExpression.Not(Not(), line);
    }

    private JinjaExpression Compare()
    {
        JinjaExpression first = Sum();
        List<(string Sign, JinjaExpression Value)> others = [];
        while (true)
        {
            if (Current.Kind == JinjaTokenKind.Operator && Current.Text is "==" or "!=" or "<" or ">" or "<=" or ">=")
            {
                string sign = Take().Text;
                others.Add((sign, Sum()));
            }
            else if (TryTake("in"))
            {
                others.Add(("in", Sum()));
            }
            else if (Current.Is("not") && tokens[_at + 1].Is("in"))
            {
                _at += 2;
                others.Add(("not in", Sum()));
            }
            else
            {
                return others.Count == 0 ? first : new JinjaExpression.Comparison(first, others, first.Line);
            }
        }
    }

    private JinjaExpression Sum() => LeftToRight(Concatenation, "+", "-");

    private JinjaExpression Concatenation() => LeftToRight(Product, "~");

    private JinjaExpression Product() => LeftToRight(Power, "*", "/", "//", "%");

    private JinjaExpression Power() => LeftToRight(Unary, "**");

    private JinjaExpression LeftToRight(Func<JinjaExpression> operand, params string[] signs)
    {
        JinjaExpression left = operand();
        while (Current.Kind == JinjaTokenKind.Operator && signs.Contains(Current.Text))
        {
            JinjaToken sign = Take();
            left = new JinjaExpression.Binary(sign.Text, left, operand(), sign.Line);
        }

        return left;
    }

    private JinjaExpression Unary()
    {
        if (Current.Kind == JinjaTokenKind.Operator && Current.Text is "-" or "+")
        {
            JinjaToken sign = Take();
            JinjaExpression value = Postfix(Primary(), withFilters: false);
            value = sign.Text == "-" ? new JinjaExpression.Negative(value, sign.Line) : value;
            return Postfix(value, withFilters: true);
        }

        return Postfix(Primary(), withFilters: true);
    }

    private JinjaExpression Primary()
    {
        JinjaToken token = Take();
        switch (token.Kind)
        {
            case JinjaTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new JinjaExpression.Constant(true, token.Line),
                    "false" or "False" => new JinjaExpression.Constant(false, token.Line),
                    "none" or "None" => new JinjaExpression.Constant(null, token.Line),
                    _ => new JinjaExpression.Name(token.Text, token.Line),
                };
            case JinjaTokenKind.String:
                string text = token.Text;
                while (Current.Kind == JinjaTokenKind.String)
                {
                    text += Take().Text;
                }

                return new JinjaExpression.Constant(text, token.Line);
            case JinjaTokenKind.Integer:
                return new JinjaExpression.Constant(
                    JinjaValues.Shrink(BigInteger.Parse(token.Text, CultureInfo.InvariantCulture)), token.Line);
            case JinjaTokenKind.Float:
                return new JinjaExpression.Constant(
                    double.Parse(token.Text, CultureInfo.InvariantCulture), token.Line);
            case JinjaTokenKind.Operator when token.Text == "(":
                JinjaExpression[] parts = [.. Separated(")", out bool comma)];
                return parts.Length == 1 && !comma ? parts[0] : new JinjaExpression.ListOf(parts, token.Line);
            case JinjaTokenKind.Operator when token.Text == "[":
                return new JinjaExpression.ListOf([.. Separated("]", out _)], token.Line);
            case JinjaTokenKind.Operator when token.Text == "{":
                return Map(token.Line);
            default:
                throw new JinjaException($"a value is wanted, not {token.Shown}", token.Line);
        }
    }

    private JinjaExpression Postfix(JinjaExpression value, bool withFilters)
    {
        while (true)
        {
            JinjaToken token = Current;
            if (TryTake("."))
            {
                value = new JinjaExpression.Attribute(value, Expect(JinjaTokenKind.Name, "a name").Text, token.Line);
            }
            else if (TryTake("["))
            {
                value = Subscript(value, token.Line);
            }
            else if (TryTake("("))
            {
                (List<JinjaExpression> arguments, Dictionary<string, JinjaExpression> named) = Arguments();
                value = new JinjaExpression.Call(value, arguments, named, token.Line);
            }
            else if (withFilters && TryTake("|"))
            {
                value = Filter(value, token.Line);
            }
            else if (withFilters && Current.Is("is"))
            {
                Take();
                value = Test(value, token.Line);
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression.Filter Filter(JinjaExpression value, int line)
    {
        string name = Expect(JinjaTokenKind.Name, "a filter").Text;
        (List<JinjaExpression> arguments, Dictionary<string, JinjaExpression> named) =
            TryTake("(") ? Arguments() : ([], []);
        return JinjaFilters.All.ContainsKey(name)
            ? new JinjaExpression.Filter(value, name, arguments, named, line)
            : throw new JinjaException($"the filter '{name}' is not supported", line);
    }

    private JinjaExpression.Test Test(JinjaExpression value, int line)
    {
        bool negated = TryTake("not");
        string name = Expect(JinjaTokenKind.Name, "a test").Text;
        if (!JinjaTests.All.ContainsKey(name))
        {
            throw new JinjaException($"the test '{name}' is not supported", line);
        }

        List<JinjaExpression> arguments = [];
        if (TryTake("("))
        {
            arguments = Arguments().Arguments;
        }
        else if (Current.Kind is JinjaTokenKind.String or JinjaTokenKind.Integer or JinjaTokenKind.Float
            || (Current.Kind == JinjaTokenKind.Name
                && Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not")))
        {
            arguments.Add(Postfix(Primary(), withFilters: false));
        }

        return new JinjaExpression.Test(value, name, arguments, negated, line);
    }

    private JinjaExpression Subscript(JinjaExpression value, int line)
    {
        JinjaExpression?[] parts = new JinjaExpression?[3];
        int part = 0;
        bool slice = false;
        while (!Current.Is("]"))
        {
            if (TryTake(":"))
            {
                slice = true;
                if (++part > 2)
                {
                    throw new JinjaException("a slice has at most three parts", line);
                }
            }
            else
            {
                parts[part] = parts[part] is null ? Expression()
                    : throw new JinjaException($"']' is wanted, not {Current.Shown}", Current.Line);
            }
        }

        Take();
        return slice ? new JinjaExpression.Slice(value, parts[0], parts[1], parts[2], line)
            : parts[0] is { } key ? new JinjaExpression.Item(value, key, line)
            : throw new JinjaException("an index is missing", line);
    }

    private (List<JinjaExpression> Arguments, Dictionary<string, JinjaExpression> Named) Arguments()
    {
        List<JinjaExpression> arguments = [];
        Dictionary<string, JinjaExpression> named = new(StringComparer.Ordinal);
        while (!TryTake(")"))
        {
            if (Current.Kind == JinjaTokenKind.Name && tokens[_at + 1].Is("="))
            {
                string name = Take().Text;
                Take();
                named[name] = Expression();
            }
            else
            {
                arguments.Add(Expression());
            }

            if (!Current.Is(")"))
            {
                Expect(",");
            }
        }

        return (arguments, named);
    }

    private List<JinjaExpression> Separated(string end, out bool comma)
    {
        List<JinjaExpression> items = [];
        comma = false;
        while (!TryTake(end))
        {
            items.Add(Expression());
            if (!Current.Is(end))
            {
                Expect(",");
                comma = true;
            }
        }

        return items;
    }

    private JinjaExpression.MapOf Map(int line)
    {
        List<(JinjaExpression Key, JinjaExpression Value)> entries = [];
        while (!TryTake("}"))
        {
            JinjaExpression key = Expression();
            Expect(":");
            entries.Add((key, Expression()));
            if (!Current.Is("}"))
            {
                Expect(",");
            }
        }

        return new JinjaExpression.MapOf(entries, line);
    }

    private JinjaExpression Next(Func<JinjaExpression> operand, out int line)
    {
        line = Take().Line;
        return operand();
    }
}
