using System.Globalization;
using System.Net;
using System.Reflection;

namespace Aurelian.Detection;

/// <summary>
/// Names and addresses of public mining pools, with the date they were gathered: evidence, never a trigger alone, for
/// lists age and addresses are shared. A line each; <c>example.org</c> covers what lies beneath it too, an address may
/// be a network; <c>#</c> begins a comment, and <c># date: YYYY-MM-DD</c> is demanded.
/// </summary>
public sealed class PoolList
{
    private const int EntriesMax = 100_000;
    private const string DateMark = "# date:";

    private readonly HashSet<string> _names;
    private readonly IPNetwork[] _networks;

    private PoolList(DateOnly date, HashSet<string> names, IPNetwork[] networks) =>
        (Date, _names, _networks) = (date, names, networks);

    /// <summary>The list that comes with us.</summary>
    public static PoolList Standard { get; } = LoadStandard();

    public DateOnly Date { get; }

    public int Count => _names.Count + _networks.Length;

    /// <param name="lines">The file's lines.</param>
    /// <param name="mistakes">Every line that cannot be understood, with its number.</param>
    public static PoolList? Parse(IEnumerable<string> lines, ICollection<string> mistakes)
    {
        DateOnly? date = null;
        HashSet<string> names = new(StringComparer.Ordinal);
        List<IPNetwork> networks = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = line.Trim();
            if (text.StartsWith(DateMark, StringComparison.Ordinal) && DateOnly.TryParseExact(
                text[DateMark.Length..].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None,
                out DateOnly read))
            {
                date = read;
            }
            else if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }
            else if (names.Count + networks.Count >= EntriesMax)
            {
                mistakes.Add($"line {number}: more than {EntriesMax} entries.");
                break;
            }
            else if (IPAddress.TryParse(text, out IPAddress? address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(text, out IPNetwork network))
            {
                networks.Add(network);
            }
            else if (Protocols.HostNames.Normalise(text) is { } name && name.Contains('.'))
            {
                names.Add(name);
            }
            else
            {
                mistakes.Add($"line {number}: '{text}' is neither a host name nor an address.");
            }
        }

        if (date is null)
        {
            mistakes.Add($"the list has no date: write '{DateMark} YYYY-MM-DD' at its top.");
        }

        return mistakes.Count > 0 ? null : new PoolList(date!.Value, names, [.. networks]);
    }

    /// <summary>Whether the name, or one that it lies beneath, stands in the list.</summary>
    internal bool Covers(string name)
    {
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        for (ReadOnlySpan<char> rest = name; rest.Contains('.');)
        {
            if (names.Contains(rest))
            {
                return true;
            }

            rest = rest[(rest.IndexOf('.') + 1)..];
        }

        return false;
    }

    internal bool Covers(IPAddress? address)
    {
        if (address is not null)
        {
            foreach (IPNetwork network in _networks)
            {
                if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static PoolList LoadStandard()
    {
        using Stream stream = typeof(PoolList).Assembly.GetManifestResourceStream("pools.txt")!;
        using StreamReader reader = new(stream);
        List<string> mistakes = [];
        return Parse(reader.ReadToEnd().Split('\n'), mistakes)
            ?? throw new InvalidDataException($"pools.txt: {string.Join("; ", mistakes)}");
    }
}
