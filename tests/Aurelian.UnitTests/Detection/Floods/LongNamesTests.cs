using System.Globalization;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection.Floods;

/// <summary>Names of the length that somebody likes: what is kept of them is bounded in bytes, not in names.</summary>
public sealed class LongNamesTests
{
    private const int Entries = 8000, LengthMax = 4000;

    /// <summary>No text as long as those that were given is held in a table's key or value.</summary>
    [Fact]
    public void No_table_holds_a_long_text_of_every_event()
    {
        DetectorSet detectors = DetectorSet.Standard();
        List<Finding> findings = [];
        List<WeakReference> given = [];
        for (int at = 0; at < Entries; at++)
        {
            Tell(detectors, at, findings, given);
        }

        findings.Clear();
        GC.Collect();
        long held = given.Count(each => each.IsAlive) * (long)LengthMax * sizeof(char);
        GC.KeepAlive(detectors);

        // The command lines of running processes are kept, so much of them as ProcessBook allows.
        Assert.InRange(held, 0, 64L << 20);
    }

    [Fact]
    public void A_name_too_long_is_still_found_once()
    {
        DetectorSet detectors = DetectorSet.Standard();
        List<Finding> findings = [];
        string name = new string('a', LengthMax) + ".nanopool.org";
        for (int at = 1; at <= 3; at++)
        {
            Add(detectors, at, new Fact.DnsAsked(name, "A", "denied", null, false), findings);
        }

        Assert.Single(findings, each => each.Rule == "mining-pool-name");
    }

    private static void Tell(DetectorSet detectors, int at, List<Finding> findings, List<WeakReference> given)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{at}") + new string('y', LengthMax);
        string label = new('z', 60);
        Fact[] facts =
        [
            new Fact.FileOpenedForWriting($"/etc/cron.d/{text}"), new Fact.FileOpenedForWriting($"/workspace/{text}"),
            new Fact.SyscallRefused("bpf", $"{text}."), new Fact.DnsAsked($"{text}.nanopool.org", "A", "", null, false),
            new Fact.DnsAsked($"{label}.{text}", "A", "", null, false),
            new Fact.FlowOpened(new FlowId($"f{at}"), default, Hand.Outside(at), Transport.Tcp, $"{text}.example"),
            new Fact.FlowMeasured(
                new FlowId($"f{at}"), default, Hand.Outside(at), Transport.Tcp, $"x{text}", "http", 1,
                new MessageShape(1, 100, 100, 0, 0, 0), default),
            new Fact.ProcessExecuted(
                1, $"/usr/bin/{text}", ["sshpass", "-p", $"p{text}", $"u@{text}"], false, true, "/workspace"),
            new Fact.ProcessExecuted(1, "/usr/bin/cat", ["cat", $"/{text}/id_rsa"], false, false, $"/w{text}"),
        ];
        for (int index = 0; index < facts.Length; index++)
        {
            given.AddRange(TextsOf(facts[index]).Select(each => new WeakReference(each)));
            Add(detectors, (at * facts.Length) + index + 1, facts[index], findings);
        }
    }

    private static IEnumerable<string> TextsOf(Fact fact) => fact switch
    {
        Fact.FileOpenedForWriting written => [written.Path],
        Fact.SyscallRefused refused => [refused.Detail],
        Fact.DnsAsked asked => [asked.Name],
        Fact.FlowOpened opened => [opened.Name!],
        Fact.FlowMeasured measured => [measured.Name!],
        Fact.ProcessExecuted executed => executed.Arguments.Append(executed.Executable).Append(executed.Folder!)
            .Where(each => each.Length >= LengthMax),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void Add(DetectorSet detectors, int seq, Fact fact, List<Finding> findings)
    {
        Subject subject = new(
            new RunId("r"), null, new EpisodeId("e1"), new ToolCallId("e1.c1"), new SandboxId("e1"), 1000 + seq);
        detectors.Observe(new Event(seq, default, seq * 1_000_000L, subject, fact), findings);
    }
}
