using Aurelian.Cli.Commands;
using Aurelian.Detection;
using Aurelian.Rules;

namespace Aurelian.UnitTests.Rules;

public sealed class RuleFolderTests : IDisposable
{
    private const string Rule = """
        title: Uploads
        logsource: {category: process_creation, product: linux}
        detection:
            selection: {Image|endswith: /curl, 'CommandLine|contains': ' -T '}
            condition: selection
        level: high
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-rules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_is_read_with_all_beneath_it()
    {
        Write("a/one.yml", Rule);
        Write("a/b/two.yaml", Rule);
        Write("a/one.test.yml", "fires: []");
        Write("a/readme.md", "no rule");

        (RuleFolder folder, IReadOnlyList<string> mistakes) = RuleFolder.Read(_folder, SigmaTrust.Suspects);

        Assert.Empty(mistakes);
        Assert.Equal(["two.yaml", "one.yml"], folder.Rules.Select(each => Path.GetFileName(each.Name)));
        Assert.Single(folder.Tests);
    }

    [Fact]
    public void A_link_that_leads_back_is_not_followed()
    {
        Write("one.yml", Rule);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "again"), _folder);

        Assert.Single(RuleFolder.Read(_folder, SigmaTrust.Suspects).Folder.Rules);
    }

    [Fact]
    public void What_is_not_there_or_holds_no_rule_is_named()
    {
        Assert.Contains("there is no such", Assert.Single(RuleSets.Load([_folder + "/none"], false).Mistakes),
            StringComparison.Ordinal);
        Assert.Contains("holds no rule", Assert.Single(RuleSets.Load([_folder], false).Mistakes),
            StringComparison.Ordinal);
        Write("one.yml", "title: x");
        Assert.Contains("none is honoured", Assert.Single(RuleSets.Load([_folder], false).Mistakes),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Some_that_are_refused_are_told_and_the_others_are_loaded()
    {
        Write("one.yml", Rule);
        Write("two.yml", Rule.Replace("product: linux", "product: windows", StringComparison.Ordinal));

        SigmaRules rules = RuleSets.Load([_folder], false).Rules!;

        Assert.Contains("1 are loaded and 1 refused", RuleSets.Warning(rules), StringComparison.Ordinal);
        Assert.Contains(rules.Rules, rule => rule.Name == "one");
        Assert.Contains(rules.Rules, rule => rule.Trust == SigmaTrust.Ours);
    }

    [Fact]
    public void A_test_says_what_did_not_happen()
    {
        Write("one.yml", Rule);
        Write("one.test.yml", """
            fires:
                - what: it uploads
                  events: [{exec: 'curl -T a https://a.example'}]
                - what: it does not
                  events: [{exec: 'curl https://a.example'}]
            quiet:
                - what: an event of no kind
                  events: [{execute: 'curl'}]
            """);
        Write("two.test.yml", "fires: []");

        IReadOnlyList<RuleTestResult> results = RuleTests.Run(RuleFolder.Read(_folder, SigmaTrust.Suspects).Folder);

        Assert.Equal([true, false, false, false], results.Select(each => each.Passed));
        Assert.Contains("none of one fired", results[1].Detail, StringComparison.Ordinal);
        Assert.Contains("'execute' is not known", results[2].Detail, StringComparison.Ordinal);
        Assert.Contains("no rule of the same name", results[3].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules list")]
    [InlineData("rules list --format json --rules /tmp/x --rules /tmp/y")]
    [InlineData("rules test /tmp/x")]
    [InlineData("rules test")]
    [InlineData("rules explain a-rule")]
    [InlineData("rules import /tmp/x --to /tmp/y --format json")]
    [InlineData("replay a.pcap --rules /tmp/x --rules-contain")]
    [InlineData("run --rules /tmp/x")]
    public void The_commands_are_understood(string line) =>
        Assert.Empty(AurelianCommand.Create(["true"]).Parse(line.Split(' '), AurelianCommand.Parsing).Errors);

    private void Write(string path, string text)
    {
        string file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
