using System.Text;
using Aurelian.Detection;
using Aurelian.Events;
using CsCheck;

namespace Aurelian.UnitTests.Detection.Sigma;

public sealed class SigmaRulesTests
{
    private static readonly string Sample = SigmaScene.Rule("""
        selection_img:
            Image|endswith: /curl
        selection_cli:
            CommandLine|contains:
                - 'a'
                - "b\n"
        filter_main_x: &anchor
            User|re: 'ro+t'
        """, "all of selection_* and not 1 of filter_main_*", more: "tags: [attack.t1048, *missing]");

    [Theory]
    [InlineData("category: process_creation\n    product: windows", "product 'windows'")]
    [InlineData("product: linux\n    service: sshd", "service 'sshd'")]
    [InlineData("product: linux\n    service: cron", "lines that other programs write")]
    [InlineData("product: linux", "neither a category")]
    [InlineData("category: webserver", "category 'webserver'")]
    public void A_log_source_without_facts_is_refused_by_name(string source, string reason) => Assert.Contains(
        reason, SigmaScene.Refused($"""
            title: A rule
            logsource:
                {source}
            detection:
                keywords: [x]
                condition: keywords
            """), StringComparison.Ordinal);

    [Theory]
    [InlineData("- a\n- b", "is no Sigma rule")]
    [InlineData("action: global\ntitle: x", "'action'")]
    [InlineData("title: x\nfilter: {rules: [a]}", "Sigma filter")]
    [InlineData("title: x\nlogsource: {category: file_event}", "has no detection")]
    [InlineData("title: x\ndetection: {condition: a}", "has no logsource")]
    [InlineData("title: x\nstatus: unsupported", "'unsupported'")]
    [InlineData("title: x\nlevel: grave", "level 'grave'")]
    [InlineData("title: x\ntaxonomy: ecs", "taxonomy 'ecs'")]
    [InlineData("title: x\nlogsource: {category: file_event}\ndetection: {a: {TargetFilename: x}}", "no condition")]
    [InlineData("title: 'x", "line 1")]
    [InlineData("title: x\ntitle: y", "said twice")]
    [InlineData("a: *b", "stands for nothing")]
    [InlineData("", "holds no rule")]
    public void What_is_no_rule_is_refused_by_name(string text, string reason) =>
        Assert.Contains(reason, SigmaScene.Refused(text), StringComparison.Ordinal);

    [Fact]
    public void A_document_of_one_file_that_is_refused_takes_no_other_with_it()
    {
        SigmaScene scene = new(SigmaScene.Rule("selection:\n    Image: x") + "\n---\ntitle: half a rule\n---\n"
            + SigmaScene.Rule("selection:\n    Image: y"));

        Assert.Equal(["r0-1", "r0-3"], scene.Rules.Rules.Select(rule => rule.Name));
        Assert.Equal("half a rule", Assert.Single(scene.Rules.Refusals).Rule);
    }

    [Fact]
    public void Two_rules_of_one_id_are_one_too_many()
    {
        string rule = SigmaScene.Rule("selection:\n    Image: x", more: "id: 4f5c3a9a-0000-4000-8000-000000000001");

        Assert.Contains("another rule's", Assert.Single(new SigmaScene(rule, rule).Rules.Refusals).Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_that_stand_for_billions_are_refused()
    {
        StringBuilder text = new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int at = 1; at < 12; at++)
        {
            text.Append($"a{at}: &a{at} [{string.Join(", ", Enumerable.Repeat($"*a{at - 1}", 10))}]\n");
        }

        Assert.Contains("more than 200000", YamlText.Read(text.ToString()).Mistake, StringComparison.Ordinal);
        Assert.Contains("nested deeper", YamlText.Read(new string('[', 100_000)).Mistake, StringComparison.Ordinal);
        Assert.Contains("nested deeper", YamlText.Read(string.Concat(Enumerable.Repeat("- ", 100_000))).Mistake,
            StringComparison.Ordinal);
    }

    /// <summary>A user's rule makes suspect at most, unless he says more; ours contain where they are stable.
    /// </summary>
    [Theory]
    [InlineData(SigmaTrust.Suspects, "stable", Severity.Medium)]
    [InlineData(SigmaTrust.Contains, "experimental", Severity.High)]
    [InlineData(SigmaTrust.Ours, "stable", Severity.High)]
    [InlineData(SigmaTrust.Ours, "test", Severity.Medium)]
    public void A_level_is_a_severity_as_far_as_the_rule_is_trusted(SigmaTrust trust, string status, Severity severity)
    {
        string text = SigmaScene.Rule("selection:\n    Image: x").Replace(
            "status: test", $"status: {status}", StringComparison.Ordinal);

        Assert.Equal(severity, SigmaRules.Read([new SigmaFile("x.yml", text, trust)]).Rules[0].Severity);
    }

    [Theory]
    [InlineData("[attack.t1496]", Category.Mining, "T1496")]
    [InlineData("[attack.credential_access, attack.t1552.005]", Category.Metadata, "T1552.005")]
    [InlineData("[attack.defense-evasion]", Category.Evasion, null)]
    [InlineData("[attack.command_and_control]", Category.Tunnel, null)]
    [InlineData("[attack.persistence, attack.t1098.004]", Category.Persistence, "T1098.004")]
    [InlineData("[]", Category.Evasion, null)]
    public void Tags_say_what_kind_of_threat_it_is(string tags, Category category, string? technique)
    {
        SigmaRule rule = new SigmaScene(
            SigmaScene.Rule("selection:\n    Image: x", more: $"tags: {tags}")).Rules.Rules[0];

        Assert.Equal((category, technique), (rule.Category, rule.Technique));
    }

    [Fact]
    public void A_users_rule_takes_the_place_of_ours_with_the_same_id()
    {
        SigmaRule ours = SigmaRules.Ours.Rules.First(rule => rule.Id is not null && rule.Correlation is null);
        SigmaRules both = SigmaRules.Load([new SigmaFile(
            "mine.yml", SigmaScene.Rule("selection:\n    Image: x", more: $"id: {ours.Id}"), SigmaTrust.Suspects)]);

        Assert.Equal("mine", Assert.Single(both.Rules, rule => rule.Id == ours.Id).Name);
        Assert.Empty(both.Refusals);
        Assert.Equal(SigmaRules.Ours.Rules.Count, both.Rules.Count);
    }

    /// <summary>Damaged rules and plain noise: rules, refusals, and an event looked at; never an exception.</summary>
    [Fact]
    public void Damaged_rules_are_read_or_refused() => Damaged.Sample(Check, iter: 3000, threads: 1);

    /// <summary>For as long as <c>eng/fuzz</c> says; 60 s without it.</summary>
    [Fact(Explicit = true)]
    public void Damaged_rules_for_long()
    {
        string? budget = Environment.GetEnvironmentVariable("AURELIAN_FUZZ_SECONDS");

        Damaged.Sample(Check, time: int.TryParse(budget, out int said) ? said : 60, threads: 1);
    }

    private static readonly string[] Samples =
    [
        Sample,
        Sample + "\n---\n" + """
            title: Together
            correlation:
                type: event_count
                rules: [r0-1]
                timespan: 10m
                condition: {gte: 3}
            """,
        SigmaScene.Rule("selection:\n    CommandLine|re: '^(a|b)+\\s{2,3}[^x]$'\n    ProcessId|gt: 3"),
        SigmaScene.Rule("selection:\n    CommandLine|wide|base64offset|contains: 'ping'\n    Image|windash: '-a -b'"),
        SigmaScene.Rule("selection:\n    DestinationIp|cidr: ['10.0.0.0/8', 'fe80::/10']",
            category: "network_connection"),
        AuditRuleTests.Rule("selection:\n    type: EXECVE\n    a0|contains: [x, y]\n    SYSCALL: execve"),
    ];

    private static readonly string[] Splices =
    [
        "*", "&a ", "!!", "{", "[", "\"", "'", "|", ">", "- ", ": ", "\n", "\t", "%YAML 9.9\n", "---\n", "\\x",
        "\"\\U99999999\"",
        "\0", "\uFFFF", "<<: ", "? ", "#", "...", "all of them", "|re: '(((('", "|cidr: 1/1", "|all: []", "|exists: x",
    ];

    private static Gen<string> Damaged =>
        from sample in Gen.Int[0, Samples.Length - 1].Select(index => Samples[index])
        from bytes in Gen.OneOf(Gen.Const<byte[]>([]), Gen.Byte.Array[0, 64])
        from cut in Gen.Int[0, sample.Length]
        from splices in Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, Splices.Length - 1]).Array[0, 5]
        from whole in Gen.Bool
        select Splice((whole ? sample : sample[..cut]) + Encoding.UTF8.GetString(bytes), splices);

    private static string Splice(string text, (int At, int Which)[] splices)
    {
        foreach ((int at, int which) in splices)
        {
            text = text.Insert(at % (text.Length + 1), Splices[which]);
        }

        return text;
    }

    private static void Check(string text)
    {
        SigmaScene scene = new(text);
        Assert.True(scene.Rules.Rules.Count + scene.Rules.Refusals.Count > 0);
        scene.Exec(10, "/usr/bin/curl", "curl", "-a", "b").Connect("10.0.0.1", 80);
    }
}
