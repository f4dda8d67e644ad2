using System.Collections.Frozen;
using System.Numerics;

namespace Aurelian.Training.Templates;

/// <summary>What can stand behind <c>is</c>.</summary>
internal static class JinjaTests
{
    internal delegate bool Holds(object? value, IReadOnlyList<object?> arguments, int line);

    internal static readonly FrozenDictionary<string, Holds> All = new Dictionary<string, Holds>
    {
        ["defined"] = (value, _, _) => value is not Undefined,
        ["undefined"] = (value, _, _) => value is Undefined,
        ["none"] = (value, _, _) => value is null,
        ["boolean"] = (value, _, _) => value is bool,
        ["true"] = (value, _, _) => value is true,
        ["false"] = (value, _, _) => value is false,
        ["string"] = (value, _, _) => value is string,
        ["integer"] = (value, _, _) => value is long or BigInteger,
        ["float"] = (value, _, _) => value is double,
        ["number"] = (value, _, _) => value is long or BigInteger or double or bool,
        ["mapping"] = (value, _, _) => value is OrderedDictionary<string, object?>,
        ["sequence"] = (value, _, _) => value is string or List<object?> or OrderedDictionary<string, object?>
            or Undefined,
        ["iterable"] = (value, _, _) => value is string or List<object?> or OrderedDictionary<string, object?>
            or Undefined,
        ["callable"] = (value, _, _) => value is JinjaCall,
        ["even"] = (value, _, line) => JinjaValues.AreEqual(JinjaValues.Calculate("%", value, 2L, line), 0L),
        ["odd"] = (value, _, line) => JinjaValues.AreEqual(JinjaValues.Calculate("%", value, 2L, line), 1L),
        ["divisibleby"] = (value, arguments, line) =>
            JinjaValues.AreEqual(JinjaValues.Calculate("%", value, First(arguments, line), line), 0L),
        ["equalto"] = (value, arguments, line) => JinjaValues.AreEqual(value, First(arguments, line)),
        ["eq"] = (value, arguments, line) => JinjaValues.AreEqual(value, First(arguments, line)),
        ["ne"] = (value, arguments, line) => !JinjaValues.AreEqual(value, First(arguments, line)),
        ["in"] = (value, arguments, line) => JinjaValues.Contains(First(arguments, line), value, line),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static object? First(IReadOnlyList<object?> arguments, int line) =>
        arguments.Count > 0 ? arguments[0] : throw new JinjaException("a test's argument is missing", line);
}
