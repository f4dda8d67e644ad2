using Tomlyn.Model;

namespace Aurelian.Training.Jobs;

/// <summary>One table of a job file: reads settings, and notes each mistake by name and what is allowed.</summary>
internal sealed class JobTable(TomlTable table, string name, List<string> mistakes)
{
    private readonly HashSet<string> _known = [];

    internal JobTable Table(string key)
    {
        _known.Add(key);
        return new JobTable(table.TryGetValue(key, out object? found) && found is TomlTable inner ? inner : [],
            name.Length == 0 ? key : $"{name}.{key}", mistakes);
    }

    internal bool Has(string key) => table.ContainsKey(key);

    internal int Whole(string key, int standard, int least, int most) =>
        (int)Number(key, standard, least, most, whole: true);

    internal double Real(string key, double standard, double least, double most) =>
        Number(key, standard, least, most, whole: false);

    internal bool Flag(string key, bool standard) => Value(key) switch
    {
        null => standard,
        bool flag => flag,
        _ => Fail(key, "must be true or false", standard),
    };

    internal string Word(string key, string standard, params string[] allowed) => Value(key) switch
    {
        null => standard,
        string word when allowed.Contains(word) => word,
        _ => Fail(key, $"must be one of {string.Join(", ", allowed)}", standard),
    };

    internal string? Text(string key) => Value(key) switch
    {
        null => null,
        string { Length: > 0 } text => text,
        _ => Fail(key, "must be a text that is not empty", (string?)null),
    };

    /// <summary>A setting nobody knows is a mistake: it would otherwise be believed to hold.</summary>
    internal void Finish()
    {
        foreach (string key in table.Keys.Where(key => !_known.Contains(key)))
        {
            mistakes.Add($"{Named(key)}: there is no such setting; there are {string.Join(", ", _known.Order())}");
        }
    }

    internal T Fail<T>(string key, string what, T standard)
    {
        mistakes.Add($"{Named(key)} {what}");
        return standard;
    }

    private object? Value(string key)
    {
        _known.Add(key);
        return table.TryGetValue(key, out object? value) ? value : null;
    }

    private double Number(string key, double standard, double least, double most, bool whole)
    {
        double? value = Value(key) switch
        {
            null => standard,
            long number => number,
            double number when !whole => number,
            _ => null,
        };
        return value >= least && value <= most
            ? value.Value
            : Fail(key, FormattableString.Invariant(
                $"must be a {(whole ? "whole number" : "number")} from {least} to {most}"), standard);
    }

    private string Named(string key) => name.Length == 0 ? key : $"{name}.{key}";
}
