using System.Text.RegularExpressions;

namespace Aurelian.Detection;

/// <summary>What stands behind a field's name: <c>CommandLine|base64offset|contains</c>.</summary>
internal sealed record Modifiers
{
    private static readonly string[] OfTime = ["minute", "hour", "day", "week", "month", "year"];

    internal required string Field { get; init; }

    internal bool Before { get; init; }

    internal bool Behind { get; init; }

    internal bool All { get; init; }

    internal bool Cased { get; init; }

    internal bool Not { get; init; }

    internal bool Exists { get; init; }

    internal bool Regex { get; init; }

    internal RegexOptions RegexOptions { get; init; }

    internal bool Network { get; init; }

    internal bool Reference { get; init; }

    /// <summary>lt, lte, gt, gte; null: no comparison.</summary>
    internal string? Comparison { get; init; }

    /// <summary>In the order written: wide, utf16, utf16be, base64, base64offset, windash.</summary>
    internal IReadOnlyList<string> Encodings { get; init; } = [];

    /// <exception cref="RefusedException">One is unknown, or two contradict each other.</exception>
    internal static Modifiers Read(string key)
    {
        string[] words = key.Split('|');
        Modifiers read = words.Skip(1).Aggregate(new Modifiers { Field = words[0].Trim() }, Add);
        bool special = read.Regex || read.Network || read.Exists || read.Comparison is not null;
        int kinds = new[] { read.Regex, read.Network, read.Exists, read.Comparison is not null, read.Reference }
            .Count(each => each);
        if (kinds > 1 || (special && (read.Before || read.Behind || read.Encodings.Count > 0))
            || (read.Reference && read.Encodings.Count > 0) || (!read.Regex && read.RegexOptions != default))
        {
            throw new RefusedException($"'{key}': these modifiers do not go together");
        }

        return read;
    }

    private static Modifiers Add(Modifiers read, string word) => word.Trim() switch
    {
        "contains" => read with { Before = true, Behind = true },
        "startswith" => read with { Behind = true },
        "endswith" => read with { Before = true },
        "all" => read with { All = true },
        "cased" => read with { Cased = true },
        "neq" => read with { Not = true },
        "exists" => read with { Exists = true },
        "re" => read with { Regex = true },
        "i" => read with { RegexOptions = read.RegexOptions | RegexOptions.IgnoreCase },
        "m" => read with { RegexOptions = read.RegexOptions | RegexOptions.Multiline },
        "s" => read with { RegexOptions = read.RegexOptions | RegexOptions.Singleline },
        "cidr" => read with { Network = true },
        "fieldref" => read with { Reference = true },
        "lt" or "lte" or "gt" or "gte" => read with { Comparison = word },
        "base64" or "base64offset" or "utf16le" or "wide" or "utf16be" or "utf16" or "windash" =>
            read with { Encodings = [.. read.Encodings, word] },
        "expand" => throw new RefusedException(
            "modifier 'expand': placeholders have no values here; write them into the rule"),
        var time when Array.IndexOf(OfTime, time) >= 0 => throw new RefusedException(
            $"modifier '{time}': no field here is a date"),
        var unknown => throw new RefusedException($"modifier '{unknown}' is not known"),
    };
}
