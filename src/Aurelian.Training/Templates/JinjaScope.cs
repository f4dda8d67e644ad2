using System.Text;

namespace Aurelian.Training.Templates;

/// <summary>Names and their values; a loop or macro has a scope of its own within the one around it.</summary>
internal sealed class JinjaScope(JinjaScope? outer, JinjaOutput output)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    internal JinjaOutput Output { get; } = output;

    internal JinjaScope Root => outer?.Root ?? this;

    internal JinjaScope Inner(JinjaOutput? into = null) => new(this, into ?? Output);

    internal object? Get(string name) => _values.TryGetValue(name, out object? value) ? value
        : outer is null ? new Undefined(name) : outer.Get(name);

    internal void Set(string name, object? value) => _values[name] = value;
}

/// <summary>The rendered text, up to a limit that only a runaway template meets.</summary>
internal sealed class JinjaOutput
{
    private const int LettersMax = 100_000_000;

    private readonly StringBuilder _text = new();

    internal void Append(string text, int line)
    {
        if (_text.Length + text.Length > LettersMax)
        {
            throw new JinjaException($"the text is longer than {LettersMax} letters", line);
        }

        _text.Append(text);
    }

    public override string ToString() => _text.ToString();
}
