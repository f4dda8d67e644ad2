using System.Text;

namespace Aurelian.Training.Templates;

/// <summary>Entries and slices of values, as Python counts them: from the end where negative.</summary>
internal static class JinjaAccess
{
    internal static object? Entry(object? value, object? key, int line)
    {
        switch (value, key)
        {
            case (OrderedDictionary<string, object?> map, string name):
                return map.TryGetValue(name, out object? entry) ? entry : new Undefined(name);
            case (JinjaNamespace space, string name):
                return space.Values.TryGetValue(name, out object? set) ? set : new Undefined(name);
            case (List<object?> list, long at):
                at = at < 0 ? at + list.Count : at;
                return at >= 0 && at < list.Count ? list[(int)at] : new Undefined($"item {key}");
            case (string text, long at):
                Rune[] runes = [.. text.EnumerateRunes()];
                at = at < 0 ? at + runes.Length : at;
                return at >= 0 && at < runes.Length ? runes[at].ToString() : new Undefined($"item {key}");
            case (Undefined undefined, _):
                throw new JinjaException($"'{undefined.Name}' is undefined", line);
            default:
                return new Undefined(key as string ?? PythonText.Of(key));
        }
    }

    internal static object? Slice(object? value, object? start, object? stop, object? step, int line)
    {
        switch (value)
        {
            case List<object?> list:
                return new List<object?>(Picked(list.Count, start, stop, step, line).Select(at => list[at]));
            case string text:
                Rune[] runes = [.. text.EnumerateRunes()];
                return string.Concat(Picked(runes.Length, start, stop, step, line).Select(at => runes[at].ToString()));
            default:
                throw new JinjaException($"{JinjaValues.Kind(value)} has no slices", line);
        }
    }

    private static IEnumerable<int> Picked(int count, object? start, object? stop, object? step, int line)
    {
        int stride = Number(step, line) ?? 1;
        if (stride == 0)
        {
            throw new JinjaException("a slice's step is zero", line);
        }

        int least = stride > 0 ? 0 : -1;
        int most = stride > 0 ? count : count - 1;
        int from = Number(start, line) is { } first
            ? Math.Clamp(first < 0 ? first + count : first, least, most) : stride > 0 ? 0 : count - 1;
        int to = Number(stop, line) is { } last
            ? Math.Clamp(last < 0 ? last + count : last, least, most) : stride > 0 ? count : -1;
        for (int at = from; stride > 0 ? at < to : at > to; at += stride)
        {
            yield return at;
        }
    }

    private static int? Number(object? value, int line) => value switch
    {
        null => null,
        long number => (int)Math.Clamp(number, int.MinValue / 2, int.MaxValue / 2),
        _ => throw new JinjaException($"a slice wants whole numbers, not {JinjaValues.Kind(value)}", line),
    };
}
