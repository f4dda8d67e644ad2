using System.Globalization;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Bench;

/// <summary>As many rules as wanted, in the shapes that public ones have, and events of an ordinary build.</summary>
internal static class SampleRules
{
    private static readonly string[] Tools =
        ["bash", "curl", "python3", "gcc", "nc", "wget", "tar", "git", "ssh", "perl", "find", "systemctl"];

    /// <summary>A rule with these selections.</summary>
    internal static string Rule(
        string selections, string condition = "selection", string category = "process_creation") => $"""
        title: A rule of the benchmark
        status: test
        logsource:
            category: {category}
            product: linux
        detection:
        {string.Join('\n', selections.Split('\n').Select(line => "    " + line))}
            condition: {condition}
        level: medium
        """;

    internal static string Rule(int number)
    {
        string tool = Tools[number % Tools.Length], tag = Tag(number);
        if (number % 25 == 24)
        {
            // What many sets have alike: a tool that everybody uses, and little else to go by.
            return Rule($"""
                selection:
                    Image|endswith: /{Tools[number / 25 % Tools.Length]}
                    User|contains: nobody
                """);
        }

        return (number % 6) switch
        {
            0 => Rule($"""
                selection_img:
                    Image|endswith: /{tool}
                selection_cli:
                    CommandLine|contains:
                        - ' --{tag} '
                        - '/{tag}/payload'
                filter_main_parent:
                    ParentImage|endswith: /{tag}
                """, "all of selection_* and not 1 of filter_main_*"),
            1 => Rule($"""
                selection:
                    Image|endswith:
                        - /{tag}
                        - /{tag}-static
                    CommandLine|contains|all:
                        - {tool}
                        - -x
                """),
            2 => Rule($"""
                selection:
                    DestinationHostname|endswith: .{tag}.example
                    DestinationPort: {1024 + (number % 60_000)}
                """, category: "network_connection"),
            3 => Rule($"selection:\n    QueryName|contains: {tag}", category: "dns_query"),
            4 => Rule($"""
                selection:
                    TargetFilename|startswith: /etc/{tag}/
                    Image|endswith: /{tool}
                """, category: "file_event"),
            _ => Rule($"selection:\n    CommandLine|re: '{tag}\\s+--[a-z]{{2,8}}'"),
        };
    }

    internal static IEnumerable<Event> Events(int count)
    {
        for (int at = 0; at < count; at++)
        {
            string tool = Tools[at % Tools.Length];
            Fact fact = (at % 5) switch
            {
                0 or 1 => new Fact.ProcessExecuted(
                    100 + ((at - 5) % 50), $"/usr/bin/{tool}",
                    [tool, "-x", "-O2", "-c", $"src/module{at % 50}.c", "-o", $"build/module{at % 50}.o"], false, false,
                    "/work"),
                2 => new Fact.FlowOpened(
                    new FlowId("f1"), new Endpoint(IPAddress.Parse("100.64.0.2"), 40_000),
                    new Endpoint(IPAddress.Parse("198.18.0.9"), 443), Transport.Tcp, "files.mirror.example"),
                3 => new Fact.DnsAsked("files.mirror.example", "A", "issued", "198.18.0.9", true),
                _ => new Fact.FileOpenedForWriting($"/home/dev/build/module{at % 50}.o"),
            };
            yield return new Event(
                at + 1, default, (at + 1) * 1_000_000L, new Subject(new RunId("r"), null, new EpisodeId("e1"),
                    new ToolCallId("e1.c1"), new SandboxId("e1"), 100 + (at % 50)), fact);
        }
    }

    /// <summary>A word of its own for each rule, as names of tools and files have.</summary>
    private static string Tag(int number)
    {
        uint mixed = (uint)number * 2_654_435_761;
        return string.Create(CultureInfo.InvariantCulture, $"w{mixed:x8}");
    }
}
