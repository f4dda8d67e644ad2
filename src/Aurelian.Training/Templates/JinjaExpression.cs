namespace Aurelian.Training.Templates;

/// <summary>An expression of a template.</summary>
internal abstract record JinjaExpression(int Line)
{
    internal abstract object? Evaluate(JinjaScope scope);

    internal sealed record Constant(object? Value, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) => Value;
    }

    internal sealed record Name(string Text, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) => scope.Get(Text);
    }

    internal sealed record ListOf(IReadOnlyList<JinjaExpression> Items, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) =>
            new List<object?>(Items.Select(item => item.Evaluate(scope)));
    }

    internal sealed record MapOf(IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> Entries, int Line)
        : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope)
        {
            OrderedDictionary<string, object?> map = new(StringComparer.Ordinal);
            foreach ((JinjaExpression key, JinjaExpression value) in Entries)
            {
                map[key.Evaluate(scope) as string ?? throw new JinjaException("a mapping's keys are texts", Line)] =
                    value.Evaluate(scope);
            }

            return map;
        }
    }

    /// <summary><c>value.name</c>: a method where the kind of value has one of that name, else the entry.</summary>
    internal sealed record Attribute(JinjaExpression Value, string Text, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope)
        {
            object? value = Value.Evaluate(scope);
            return JinjaMethods.Find(value, Text) ?? JinjaAccess.Entry(value, Text, Line);
        }
    }

    /// <summary><c>value[key]</c>.</summary>
    internal sealed record Item(JinjaExpression Value, JinjaExpression Key, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) =>
            JinjaAccess.Entry(Value.Evaluate(scope), Key.Evaluate(scope), Line);
    }

    internal sealed record Slice(
        JinjaExpression Value, JinjaExpression? Start, JinjaExpression? Stop, JinjaExpression? Step, int Line)
        : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) => JinjaAccess.Slice(
            Value.Evaluate(scope), Start?.Evaluate(scope), Stop?.Evaluate(scope), Step?.Evaluate(scope), Line);
    }

    internal sealed record Call(
        JinjaExpression Function, IReadOnlyList<JinjaExpression> Arguments,
        IReadOnlyDictionary<string, JinjaExpression> Named, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) => Function.Evaluate(scope) is JinjaCall call
            ? call(Values(Arguments, scope), Values(Named, scope), Line)
            : throw new JinjaException($"{Described(Function)} is not a function that is understood here", Line);

        private static string Described(JinjaExpression function) => function switch
        {
            Name name => $"'{name.Text}'",
            Attribute attribute => $"'.{attribute.Text}'",
            _ => "what is called",
        };
    }

    internal sealed record Filter(
        JinjaExpression Value, string Text, IReadOnlyList<JinjaExpression> Arguments,
        IReadOnlyDictionary<string, JinjaExpression> Named, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) => JinjaFilters.All[Text](
            Value.Evaluate(scope), Values(Arguments, scope), Values(Named, scope), Line);
    }

    internal sealed record Test(
        JinjaExpression Value, string Text, IReadOnlyList<JinjaExpression> Arguments, bool Negated, int Line)
        : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) =>
            JinjaTests.All[Text](Value.Evaluate(scope), Values(Arguments, scope), Line) != Negated;
    }

    internal sealed record Not(JinjaExpression Value, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) => !JinjaValues.IsTrue(Value.Evaluate(scope));
    }

    internal sealed record Negative(JinjaExpression Value, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) =>
            JinjaValues.Calculate("-", 0L, Value.Evaluate(scope), Line);
    }

    /// <summary><c>and</c>, <c>or</c>: the value that decides.</summary>
    internal sealed record Either(JinjaExpression Left, JinjaExpression Right, bool And, int Line)
        : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope)
        {
            object? left = Left.Evaluate(scope);
            return JinjaValues.IsTrue(left) == And ? Right.Evaluate(scope) : left;
        }
    }

    internal sealed record Binary(string Sign, JinjaExpression Left, JinjaExpression Right, int Line)
        : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope)
        {
            object? left = Left.Evaluate(scope);
            object? right = Right.Evaluate(scope);
            return Sign switch
            {
                "~" => PythonText.Of(left) + PythonText.Of(right),
                "+" => JinjaValues.Add(left, right, Line),
                _ => JinjaValues.Calculate(Sign, left, right, Line),
            };
        }
    }

    /// <summary>One or several comparisons in a row, each of neighbours.</summary>
    internal sealed record Comparison(
        JinjaExpression First, IReadOnlyList<(string Sign, JinjaExpression Value)> Others, int Line)
        : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope)
        {
            object? left = First.Evaluate(scope);
            foreach ((string sign, JinjaExpression expression) in Others)
            {
                object? right = expression.Evaluate(scope);
                bool holds = sign switch
                {
                    "==" => JinjaValues.AreEqual(left, right),
                    "!=" => !JinjaValues.AreEqual(left, right),
                    "in" => JinjaValues.Contains(right, left, Line),
                    "not in" => !JinjaValues.Contains(right, left, Line),
                    "<" => JinjaValues.Compare(left, right, Line) < 0,
                    ">" => JinjaValues.Compare(left, right, Line) > 0,
                    "<=" => JinjaValues.Compare(left, right, Line) <= 0,
                    _ => JinjaValues.Compare(left, right, Line) >= 0,
                };
                if (!holds)
                {
                    return false;
                }

                left = right;
            }

            return true;
        }
    }

    internal sealed record Conditional(
        JinjaExpression Condition, JinjaExpression Then, JinjaExpression? Else, int Line) : JinjaExpression(Line)
    {
        internal override object? Evaluate(JinjaScope scope) => JinjaValues.IsTrue(Condition.Evaluate(scope))
            ? Then.Evaluate(scope)
            : Else is null ? new Undefined("the other case") : Else.Evaluate(scope);
    }

    internal static List<object?> Values(IReadOnlyList<JinjaExpression> arguments, JinjaScope scope) =>
        [.. arguments.Select(argument => argument.Evaluate(scope))];

    internal static Dictionary<string, object?> Values(
        IReadOnlyDictionary<string, JinjaExpression> named, JinjaScope scope) =>
        named.ToDictionary(entry => entry.Key, entry => entry.Value.Evaluate(scope), StringComparer.Ordinal);
}
