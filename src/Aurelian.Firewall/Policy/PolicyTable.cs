using Tomlyn.Syntax;

namespace Aurelian.Firewall;

/// <summary>One table of a policy file: takes its keys one by one and notes every mistake with its line.</summary>
internal sealed class PolicyTable
{
    private readonly Dictionary<string, KeyValueSyntax> _left = [];
    private readonly Dictionary<string, int> _seen = [];
    private readonly List<PolicyError> _errors;
    private readonly string _file;

    internal PolicyTable(string file, string name, TableSyntaxBase table, List<PolicyError> errors)
    {
        _file = file;
        _errors = errors;
        Name = name;
        Line = table.Span.Start.Line + 1;
        foreach (KeyValueSyntax item in table.Items)
        {
            string key = item.Key?.ToString().Trim() ?? "";
            if (!_left.TryAdd(key, item))
            {
                errors.Add(new PolicyError(file, item.Span.Start.Line + 1, $"{name}.{key}", "is given twice"));
            }

            _seen[key] = item.Span.Start.Line + 1;
        }
    }

    internal string Name { get; }

    internal int Line { get; }

    internal string? Text(string key) => Take(key) is { } item
        ? item.Value is StringValueSyntax text ? text.Value : Wrong<string>(item, key, "must be text in quotes")
        : null;

    internal long? Number(string key, long min, long max) => Take(key) is { } item
        ? item.Value is IntegerValueSyntax number && number.Value >= min && number.Value <= max
            ? number.Value
            : Wrong<long?>(item, key, $"must be a whole number from {min} to {max}")
        : null;

    internal double? Real(string key, double min, double max) => Take(key) is { } item
        ? item.Value switch
        {
            FloatValueSyntax real when real.Value >= min && real.Value <= max => real.Value,
            IntegerValueSyntax number when number.Value >= min && number.Value <= max => number.Value,
            _ => Wrong<double?>(item, key, $"must be a number from {min} to {max}"),
        }
        : null;

    internal bool? Truth(string key) => Take(key) is { } item
        ? item.Value is BooleanValueSyntax truth ? truth.Value : Wrong<bool?>(item, key, "must be true or false")
        : null;

    internal IReadOnlyList<int>? Ports(string key)
    {
        if (Take(key) is not { } item)
        {
            return null;
        }

        List<int> ports = [];
        bool fine = item.Value is ArraySyntax;
        foreach (ArrayItemSyntax each in (item.Value as ArraySyntax)?.Items ?? [])
        {
            fine &= each.Value is IntegerValueSyntax { Value: > 0 and <= 65535 };
            ports.Add((int)((each.Value as IntegerValueSyntax)?.Value ?? 0));
        }

        return fine && ports.Count > 0 ? [.. ports.Distinct().Order()] : Wrong<IReadOnlyList<int>>(
            item, key, "must be a list of ports from 1 to 65535, for example [443]; an empty list allows nothing");
    }

    internal IReadOnlyList<string>? Texts(string key)
    {
        if (Take(key) is not { } item)
        {
            return null;
        }

        StringValueSyntax?[] texts =
            [.. ((item.Value as ArraySyntax)?.Items ?? []).Select(each => each.Value as StringValueSyntax)];
        return item.Value is ArraySyntax && texts.All(text => text is not null)
            ? [.. texts.Select(text => text!.Value ?? "")]
            : Wrong<IReadOnlyList<string>>(item, key, "must be a list of texts");
    }

    internal bool HasSeen(string key) => _seen.ContainsKey(key);

    /// <summary>A mistake of the table as a whole, told at its heading.</summary>
    internal void Fail(string key, string message) => _errors.Add(new PolicyError(_file, Line, Setting(key), message));

    /// <summary>A mistake in a setting's value, told at its own line where it has one.</summary>
    internal void FailAt(string key, string message) =>
        _errors.Add(new PolicyError(_file, _seen.GetValueOrDefault(key, Line), Setting(key), message));

    /// <summary>What nobody asked for is a mistake: a misspelt limit is no limit.</summary>
    internal void RefuseRest()
    {
        foreach ((string key, KeyValueSyntax item) in _left)
        {
            _errors.Add(new PolicyError(_file, item.Span.Start.Line + 1, Setting(key), "is no setting here"));
        }
    }

    private KeyValueSyntax? Take(string key) => _left.Remove(key, out KeyValueSyntax? item) ? item : null;

    private TValue? Wrong<TValue>(KeyValueSyntax item, string key, string message)
    {
        _errors.Add(new PolicyError(_file, item.Span.Start.Line + 1, Setting(key), message));
        return default;
    }

    private string Setting(string key) => key.Length == 0 ? Name : $"{Name}.{key}";
}
