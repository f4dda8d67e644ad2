namespace Aurelian.Agents;

/// <summary>
/// Qwen3-Coder's form: <c>&lt;function=NAME&gt;&lt;parameter=KEY&gt;VALUE&lt;/parameter&gt;&lt;/function&gt;</c>. A
/// value stands as it is, without escapes; one line end after and before the tags is the format's.
/// </summary>
internal static class CoderCall
{
    private const string Function = "<function=", FunctionEnd = "</function>";
    private const string Parameter = "<parameter=", ParameterEnd = "</parameter>";

    internal static (ToolRequest? Call, int End, string? Problem) Read(string text, int start)
    {
        if (!At(text, start, Function) || Name(text, start + Function.Length) is not var (name, at) || name.Length == 0)
        {
            return (null, start, "a tool call must begin with <function=NAME> or be a JSON object");
        }

        Dictionary<string, string> arguments = [];
        while (true)
        {
            at = ToolCallText.SkipSpace(text, at);
            if (At(text, at, FunctionEnd))
            {
                return (new ToolRequest(name, arguments), at + FunctionEnd.Length, null);
            }

            if (!At(text, at, Parameter) || Name(text, at + Parameter.Length) is not var (key, from) || key.Length == 0)
            {
                return (null, at, $"within <function={name}> only <parameter=KEY>VALUE</parameter> may stand, then "
                    + FunctionEnd);
            }

            int end = ValueEnd(text, from);
            if (end < 0)
            {
                return (null, from, $"the parameter '{key}' is not ended by {ParameterEnd}");
            }

            arguments[key] = Trim(text[from..end]);
            at = end + ParameterEnd.Length;
        }
    }

    /// <summary>A value may hold the end tag's text itself; the end is the one that the format goes on after.</summary>
    private static int ValueEnd(string text, int from)
    {
        for (int end = text.IndexOf(ParameterEnd, from, StringComparison.Ordinal); end >= 0;
            end = text.IndexOf(ParameterEnd, end + 1, StringComparison.Ordinal))
        {
            int next = ToolCallText.SkipSpace(text, end + ParameterEnd.Length);
            if (At(text, next, Parameter) || At(text, next, FunctionEnd))
            {
                return end;
            }
        }

        return -1;
    }

    private static (string Name, int End)? Name(string text, int from)
    {
        int end = text.IndexOf('>', from);
        return end < 0 ? null : (text[from..end].Trim(), end + 1);
    }

    private static string Trim(string value)
    {
        value = value.StartsWith('\n') ? value[1..] : value;
        return value.EndsWith('\n') ? value[..^1] : value;
    }

    private static bool At(string text, int at, string word) =>
        at <= text.Length && string.CompareOrdinal(text, at, word, 0, word.Length) == 0;
}
