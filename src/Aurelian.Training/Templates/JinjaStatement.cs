namespace Aurelian.Training.Templates;

/// <summary>How a statement ended: a loop may be left early.</summary>
internal enum JinjaFlow
{
    On,
    Break,
    Continue,
}

/// <summary>A part of a template that does something.</summary>
internal abstract record JinjaStatement(int Line)
{
    internal abstract JinjaFlow Run(JinjaScope scope);

    internal static JinjaFlow RunAll(IReadOnlyList<JinjaStatement> statements, JinjaScope scope)
    {
        foreach (JinjaStatement statement in statements)
        {
            JinjaFlow flow = statement.Run(scope);
            if (flow != JinjaFlow.On)
            {
                return flow;
            }
        }

        return JinjaFlow.On;
    }

    internal sealed record Text(string Letters, int Line) : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope)
        {
            scope.Output.Append(Letters, Line);
            return JinjaFlow.On;
        }
    }

    internal sealed record Output(JinjaExpression Value, int Line) : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope)
        {
            scope.Output.Append(PythonText.Of(Value.Evaluate(scope)), Line);
            return JinjaFlow.On;
        }
    }

    /// <summary><c>set name = value</c>, or several names from a list.</summary>
    internal sealed record Set(IReadOnlyList<string> Names, JinjaExpression Value, int Line) : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope)
        {
            Assign(scope, Names, Value.Evaluate(scope), Line);
            return JinjaFlow.On;
        }
    }

    /// <summary><c>set space.name = value</c>.</summary>
    internal sealed record SetAttribute(string Space, string Name, JinjaExpression Value, int Line)
        : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope)
        {
            if (scope.Get(Space) is not JinjaNamespace space)
            {
                throw new JinjaException($"'{Space}' is no namespace, so its attributes cannot be set", Line);
            }

            space.Values[Name] = Value.Evaluate(scope);
            return JinjaFlow.On;
        }
    }

    /// <summary><c>set name</c> … <c>endset</c>.</summary>
    internal sealed record SetBlock(string Name, IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope)
        {
            JinjaOutput text = new();
            RunAll(Body, scope.Inner(text));
            scope.Set(Name, text.ToString());
            return JinjaFlow.On;
        }
    }

    internal sealed record If(
        IReadOnlyList<(JinjaExpression Condition, IReadOnlyList<JinjaStatement> Body)> Cases,
        IReadOnlyList<JinjaStatement> Else, int Line) : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope)
        {
            foreach ((JinjaExpression condition, IReadOnlyList<JinjaStatement> body) in Cases)
            {
                if (JinjaValues.IsTrue(condition.Evaluate(scope)))
                {
                    return RunAll(body, scope);
                }
            }

            return RunAll(Else, scope);
        }
    }

    internal sealed record For(
        IReadOnlyList<string> Names, JinjaExpression Items, JinjaExpression? Condition,
        IReadOnlyList<JinjaStatement> Body, IReadOnlyList<JinjaStatement> Else, int Line) : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope)
        {
            List<object?> items =
                [.. JinjaValues.Items(Items.Evaluate(scope), Line).Where(item => Wanted(item, scope))];
            for (int i = 0; i < items.Count; i++)
            {
                JinjaScope inner = scope.Inner();
                inner.Set("loop", Loop(items, i));
                Assign(inner, Names, items[i], Line);
                if (RunAll(Body, inner) == JinjaFlow.Break)
                {
                    break;
                }
            }

            return items.Count == 0 ? RunAll(Else, scope) : JinjaFlow.On;
        }

        private bool Wanted(object? item, JinjaScope scope)
        {
            if (Condition is null)
            {
                return true;
            }

            JinjaScope inner = scope.Inner();
            Assign(inner, Names, item, Line);
            return JinjaValues.IsTrue(Condition.Evaluate(inner));
        }

        private static OrderedDictionary<string, object?> Loop(List<object?> items, int at)
        {
            OrderedDictionary<string, object?> loop = new(StringComparer.Ordinal)
            {
                ["index"] = at + 1L,
                ["index0"] = (long)at,
                ["revindex"] = (long)(items.Count - at),
                ["revindex0"] = items.Count - at - 1L,
                ["first"] = at == 0,
                ["last"] = at == items.Count - 1,
                ["length"] = (long)items.Count,
            };
            if (at > 0)
            {
                loop["previtem"] = items[at - 1];
            }

            if (at + 1 < items.Count)
            {
                loop["nextitem"] = items[at + 1];
            }

            return loop;
        }
    }

    internal sealed record Macro(
        string Name, IReadOnlyList<(string Name, JinjaExpression? Standard)> Parameters,
        IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line)
    {
        /// <summary>A macro that calls itself without end would end the process.</summary>
        private const int DepthMax = 200;

        private int _depth;

        internal override JinjaFlow Run(JinjaScope scope)
        {
            scope.Set(Name, (JinjaCall)((arguments, named, line) => Call(scope, arguments, named, line)));
            return JinjaFlow.On;
        }

        private string Call(
            JinjaScope scope, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, int line)
        {
            if (arguments.Count > Parameters.Count
                || named.Keys.Any(key => Parameters.All(parameter => parameter.Name != key)))
            {
                throw new JinjaException($"the macro '{Name}' has no such argument", line);
            }

            if (++_depth > DepthMax)
            {
                throw new JinjaException($"the macro '{Name}' calls itself more than {DepthMax} deep", line);
            }

            JinjaOutput text = new();
            JinjaScope inner = scope.Inner(text);
            for (int i = 0; i < Parameters.Count; i++)
            {
                (string name, JinjaExpression? standard) = Parameters[i];
                inner.Set(name, i < arguments.Count ? arguments[i]
                    : named.TryGetValue(name, out object? given) ? given
                    : standard is null ? new Undefined(name) : standard.Evaluate(inner));
            }

            RunAll(Body, inner);
            _depth--;
            return text.ToString();
        }
    }

    internal sealed record Leave(JinjaFlow Flow, int Line) : JinjaStatement(Line)
    {
        internal override JinjaFlow Run(JinjaScope scope) => Flow;
    }

    private static void Assign(JinjaScope scope, IReadOnlyList<string> names, object? value, int line)
    {
        if (names.Count == 1)
        {
            scope.Set(names[0], value);
            return;
        }

        if (value is not List<object?> parts || parts.Count != names.Count)
        {
            throw new JinjaException($"{JinjaValues.Kind(value)} cannot be parted into {names.Count} names", line);
        }

        for (int i = 0; i < names.Count; i++)
        {
            scope.Set(names[i], parts[i]);
        }
    }
}
