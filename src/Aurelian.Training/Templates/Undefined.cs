namespace Aurelian.Training.Templates;

/// <summary>What a name that is not there gives: empty when printed, false, an error when used further.</summary>
internal sealed record Undefined(string Name);

/// <summary>An object whose attributes a template may set, to carry a value out of a loop.</summary>
internal sealed class JinjaNamespace(IReadOnlyDictionary<string, object?> values)
{
    internal Dictionary<string, object?> Values { get; } = new(values, StringComparer.Ordinal);
}

/// <summary>Something that can be called: a macro, a global function, a method of a value.</summary>
internal delegate object? JinjaCall(
    IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, int line);
