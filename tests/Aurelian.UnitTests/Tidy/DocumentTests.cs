using System.CommandLine;
using System.Text.RegularExpressions;
using Aurelian.Cli;
using Aurelian.Cli.Commands;

namespace Aurelian.UnitTests.Tidy;

/// <summary>What the documents tell a person to type works, and the tests that they name are there.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Commands => [.. Documents
        .SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, file)))
        .Select(line => Command().Match(line))
        .Where(match => match.Success)
        .Select(match => match.Groups[1].Value.Trim())
        .Distinct()];

    public static TheoryData<string> NamedTests => [.. File
        .ReadLines(Path.Combine(Repository.Root, "docs/THREAT-MODEL.md"))
        .Where(line => line.StartsWith('|'))
        .SelectMany(line => Quoted().Matches(line.Split('|')[^2]))
        .Select(match => match.Groups[1].Value)
        .Distinct()];

    private static IEnumerable<string> Documents =>
        Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file =>
            Path.GetRelativePath(Repository.Root, file)).Append("README.md");

    private static string TestSources { get; } = string.Join('\n', Repository.SourceFiles
        .Where(file => file.StartsWith("tests/", StringComparison.Ordinal))
        .Select(file => File.ReadAllText(Path.Combine(Repository.Root, file))));

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_in_the_documents_is_understood(string command)
    {
        (string[] own, string[]? trailing) = TrailingCommand.Split(
            command.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Empty(AurelianCommand.Create(trailing).Parse(own, AurelianCommand.Parsing).Errors);
    }

    /// <summary>Files of the checkout that a command names are there; elsewhere a reader puts their own.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void A_file_of_ours_that_a_command_names_is_there(string command) => Assert.All(
        command.Split(' ', ':').Where(word => word.StartsWith("tasks/", StringComparison.Ordinal)
            || word.StartsWith("examples/", StringComparison.Ordinal)),
        word => Assert.True(Path.Exists(Path.Combine(Repository.Root, word)), word));

    [Theory]
    [MemberData(nameof(NamedTests))]
    public void A_test_that_the_threat_model_names_exists(string name) =>
        Assert.Matches(new Regex($@"(void|Task|class) \w*{name}", RegexOptions.IgnoreCase), TestSources);

    [GeneratedRegex(@"^    \./aurelian ([^#]*)")]
    private static partial Regex Command();

    [GeneratedRegex("`([A-Za-z0-9_]+)`")]
    private static partial Regex Quoted();
}
