using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>Command lines and connections that host sensors write as one text.</summary>
internal static class HostText
{
    private const int ArgumentsMax = 256;

    /// <summary>Of every machine the user 0 is root; other numbers have other names.</summary>
    internal static string User(string number) => number == "0" ? "root" : number;

    /// <summary>
    /// Words of a joined command line. Quotes, where the sensor kept them, hold together; where it dropped them nobody
    /// knows any more.
    /// </summary>
    internal static ImmutableArray<string> Arguments(string line)
    {
        ImmutableArray<string>.Builder words = ImmutableArray.CreateBuilder<string>();
        StringBuilder word = new();
        char quote = '\0';
        bool any = false;
        foreach (char each in line)
        {
            if (quote != '\0' ? each == quote : each is '"' or '\'')
            {
                (quote, any) = (quote == '\0' ? each : '\0', true);
            }
            else if (quote == '\0' && char.IsWhiteSpace(each))
            {
                Add(words, word, ref any);
            }
            else
            {
                word.Append(each);
                any = true;
            }
        }

        Add(words, word, ref any);
        return words.ToImmutable();
    }

    /// <summary><c>10.0.0.1:5000->203.0.113.7:443</c>, as Falco and sysdig write it.</summary>
    internal static (Endpoint From, Endpoint To) Connection(string text)
    {
        string[] ends = text.Split("->");
        return ends.Length == 2 && TryEnd(ends[0], out Endpoint from) && TryEnd(ends[1], out Endpoint to)
            ? (from, to) : default;
    }

    private static bool TryEnd(string text, out Endpoint end)
    {
        // An IPv6 address stands there without its brackets.
        end = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !IPAddress.TryParse(text.AsSpan(0, colon), out IPAddress? address)
            || !ushort.TryParse(
                text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }

        end = new Endpoint(address, port);
        return true;
    }

    private static void Add(
        ImmutableArray<string>.Builder words, StringBuilder word, ref bool any)
    {
        if (any && words.Count < ArgumentsMax)
        {
            words.Add(word.ToString());
        }

        word.Clear();
        any = false;
    }
}
