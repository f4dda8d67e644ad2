namespace Aurelian.Training.Templates;

/// <summary>Reads a template's statements. What is not understood is refused by its name and line.</summary>
internal sealed class JinjaParser : JinjaExpressionParser
{
    private const int DepthMax = 100;

    private int _depth;

    private JinjaParser(List<JinjaToken> tokens)
        : base(tokens)
    {
    }

    internal static List<JinjaStatement> Parse(string source)
    {
        JinjaParser parser = new(JinjaLexer.Tokens(source));
        List<JinjaStatement> statements = parser.Until(out string end);
        return end.Length == 0 ? statements
            : throw new JinjaException($"'{end}' ends nothing that was started", parser.Current.Line);
    }

    /// <summary>Statements up to one of the given ends, whose name is taken and whose tag is still open.</summary>
    private List<JinjaStatement> Until(out string end, params string[] ends)
    {
        if (++_depth > DepthMax)
        {
            throw new JinjaException($"statements are more than {DepthMax} deep", Current.Line);
        }

        int started = Current.Line;
        List<JinjaStatement> statements = [];
        while (true)
        {
            JinjaToken token = Take();
            switch (token.Kind)
            {
                case JinjaTokenKind.End:
                    end = "";
                    return ends.Length == 0 ? statements
                        : throw new JinjaException($"'{ends[^1]}' is missing", started);
                case JinjaTokenKind.Text:
                    statements.Add(new JinjaStatement.Text(token.Text, token.Line));
                    break;
                case JinjaTokenKind.OutputStart:
                    statements.Add(new JinjaStatement.Output(Expression(), token.Line));
                    Expect(JinjaTokenKind.TagEnd, "'}}'");
                    break;
                default:
                    string name = Expect(JinjaTokenKind.Name, "a statement").Text;
                    if (ends.Contains(name))
                    {
                        _depth--;
                        end = name;
                        return statements;
                    }

                    if (name == "generation")
                    {
                        // Marks what the model says, for training masks; ours are made from recorded ids.
                        Close();
                        statements.AddRange(Body("endgeneration"));
                    }
                    else
                    {
                        statements.Add(Statement(name, token.Line));
                    }

                    break;
            }
        }
    }

    private JinjaStatement Statement(string name, int line) => name switch
    {
        "set" => Set(line),
        "if" => If(line),
        "for" => For(line),
        "macro" => Macro(line),
        "break" => Closed(new JinjaStatement.Leave(JinjaFlow.Break, line)),
        "continue" => Closed(new JinjaStatement.Leave(JinjaFlow.Continue, line)),
        _ => throw new JinjaException($"the statement '{name}' is not supported", line),
    };

    private JinjaStatement Set(int line)
    {
        List<string> names = Names();
        if (names.Count == 1 && TryTake("."))
        {
            string attribute = Expect(JinjaTokenKind.Name, "a name").Text;
            Expect("=");
            return Closed(new JinjaStatement.SetAttribute(names[0], attribute, Expression(), line));
        }

        if (TryTake("="))
        {
            return Closed(new JinjaStatement.Set(names, Expression(), line));
        }

        Close();
        return new JinjaStatement.SetBlock(names[0], Body("endset"), line);
    }

    private JinjaStatement.If If(int line)
    {
        List<(JinjaExpression Condition, IReadOnlyList<JinjaStatement> Body)> cases = [];
        List<JinjaStatement> otherwise = [];
        string end = "elif";
        while (end == "elif")
        {
            JinjaExpression condition = Expression();
            Close();
            cases.Add((condition, Until(out end, "elif", "else", "endif")));
        }

        if (end == "else")
        {
            Close();
            otherwise = Until(out _, "endif");
        }

        Close();
        return new JinjaStatement.If(cases, otherwise, line);
    }

    private JinjaStatement.For For(int line)
    {
        List<string> names = Names();
        Expect("in");
        JinjaExpression items = Expression(withConditional: false);
        JinjaExpression? condition = TryTake("if") ? Expression() : null;
        if (Current.Is("recursive"))
        {
            throw new JinjaException("'recursive' is not supported", line);
        }

        Close();
        List<JinjaStatement> body = Until(out string end, "else", "endfor");
        List<JinjaStatement> otherwise = [];
        if (end == "else")
        {
            Close();
            otherwise = Until(out _, "endfor");
        }

        Close();
        return new JinjaStatement.For(names, items, condition, body, otherwise, line);
    }

    private JinjaStatement.Macro Macro(int line)
    {
        string name = Expect(JinjaTokenKind.Name, "a name").Text;
        Expect("(");
        List<(string Name, JinjaExpression? Standard)> parameters = [];
        while (!TryTake(")"))
        {
            string parameter = Expect(JinjaTokenKind.Name, "a name").Text;
            parameters.Add((parameter, TryTake("=") ? Expression() : null));
            if (!Current.Is(")"))
            {
                Expect(",");
            }
        }

        Close();
        return new JinjaStatement.Macro(name, parameters, Body("endmacro"), line);
    }

    private List<JinjaStatement> Body(string end)
    {
        List<JinjaStatement> body = Until(out _, end);
        Close();
        return body;
    }

    private JinjaStatement Closed(JinjaStatement statement)
    {
        Close();
        return statement;
    }

    private void Close() => Expect(JinjaTokenKind.TagEnd, "'%}'");
}
