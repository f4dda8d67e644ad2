using System.Globalization;
using System.Net;
using System.Text;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.Rules;

/// <summary>
/// Events as a rule's test writes them: <c>exec</c>, <c>connect</c>, <c>dns</c> or <c>write</c>, each a map with what
/// else matters of it.
/// </summary>
internal static class TestEvents
{
    private static readonly string[] Keys =
    [
        "exec", "image", "folder", "user", "pid", "parent", "connect", "name", "transport", "dns", "type", "answer",
        "write", "after",
    ];

    /// <summary>The event and the seconds that pass before it.</summary>
    /// <exception cref="FormatException">It says no event; the message says what it lacks.</exception>
    internal static (Fact Fact, int Pid, double After) Read(YamlNode node)
    {
        YamlNode.Mapping map = node as YamlNode.Mapping ?? throw new FormatException(
            $"line {node.Line}: an event is a map, for example '- exec: curl http://a.example'");
        if (map.Items.Select(each => each.Key).FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
        {
            throw new FormatException(
                $"line {node.Line}: '{unknown}' is not known; known are {string.Join(", ", Keys)}");
        }

        Fact fact = map["exec"] is not null ? Executed(map)
            : map.Text("connect") is { } destination ? Connected(map, destination)
            : map.Text("dns") is { } name ? new Fact.DnsAsked(
                name, map.Text("type") ?? "A", "issued", map.Text("answer"), Allowed: true)
            : map.Text("write") is { } path ? new Fact.FileOpenedForWriting(path)
            : throw new FormatException($"line {node.Line}: an event is one of exec, connect, dns, write");
        return (fact, (int)Number(map, "pid", 10), Number(map, "after", 0));
    }

    private static Fact.ProcessExecuted Executed(YamlNode.Mapping map)
    {
        IReadOnlyList<string> words = map["exec"] is YamlNode.Sequence ? map.Texts("exec")
            : Words(map.Text("exec") ?? "");
        string first = words.Count > 0 ? words[0] : "";
        return new Fact.ProcessExecuted(
            (int)Number(map, "parent", 1), map.Text("image") ?? (first.Contains('/') ? first : $"/usr/bin/{first}"),
            [.. words], false, false, map.Text("folder"), map.Text("user"));
    }

    private static Fact.FlowOpened Connected(YamlNode.Mapping map, string destination)
    {
        Transport transport = map.Text("transport") is not { } said ? Transport.Tcp
            : Enum.TryParse(said, ignoreCase: true, out Transport read) && Enum.IsDefined(read) ? read
            : throw new FormatException($"line {map.Line}: transport '{said}' is none of tcp, udp, icmp");
        return Endpoint.TryParse(destination, out Endpoint to) ? new Fact.FlowOpened(
            new FlowId("f1"), new Endpoint(IPAddress.Parse("100.64.0.2"), 40_000), to, transport, map.Text("name"))
            : throw new FormatException($"line {map.Line}: connect '{destination}' is no ADDRESS:PORT");
    }

    private static double Number(YamlNode.Mapping map, string key, double standard) => map.Text(key) is not { } text
        ? standard
        : double.TryParse(text, CultureInfo.InvariantCulture, out double number) && number is >= 0 and < 1e8 ? number
        : throw new FormatException($"line {map.Line}: {key} '{text}' is no number");

    /// <summary>As a shell would cut it: blanks part words, quotes keep them together.</summary>
    private static List<string> Words(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        char? quote = null;
        bool any = false;
        foreach (char each in text)
        {
            if (quote is { } open)
            {
                quote = each == open ? null : quote;
                word.Append(each == open ? "" : each.ToString());
            }
            else if (each is '\'' or '"')
            {
                (quote, any) = (each, true);
            }
            else if (!char.IsWhiteSpace(each))
            {
                word.Append(each);
                any = true;
            }
            else if (any)
            {
                words.Add(word.ToString());
                word.Clear();
                any = false;
            }
        }

        if (any)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
