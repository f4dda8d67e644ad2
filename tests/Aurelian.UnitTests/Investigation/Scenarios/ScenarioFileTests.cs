using Aurelian.Events;
using Aurelian.Investigation;
using Aurelian.UnitTests.Tidy;

namespace Aurelian.UnitTests.Investigation.Scenarios;

public sealed class ScenarioFileTests
{
    [Fact]
    public void Our_own_scenarios_are_as_many_as_promised_and_every_program_they_name_is_there()
    {
        List<string> mistakes = [];
        string folder = Path.Combine(Repository.Root, "scenarios");

        IReadOnlyList<Scenario> scenarios = ScenarioFile.Read(folder, mistakes);

        Assert.Empty(mistakes);
        Assert.True(scenarios.Count(scenario => !scenario.IsHonest) >= 30);
        Assert.True(scenarios.Count(scenario => scenario.IsHonest) >= 20);
        Assert.Empty(scenarios.SelectMany(scenario => scenario.Calls)
            .SelectMany(call => call.Split(' ', ';', '\'', '"', '('))
            .Where(word => word.StartsWith("./", StringComparison.Ordinal)
                && word.EndsWith(".py", StringComparison.Ordinal)
                && !File.Exists(Path.Combine(folder, "programs", word[2..]))));
    }

    [Theory]
    [InlineData("label = \"mining\"\nseverity = \"high\"\ncalls = [\"ls\"]", "'call' must be")]
    [InlineData("label = \"honest\"", "'calls' must be")]
    [InlineData("label = \"theft\"\nseverity = \"high\"\ncall = 1\ncalls = [\"ls\"]", "no label")]
    [InlineData("label = \"mining\"\nseverity = \"grave\"\ncall = 1\ncalls = [\"ls\"]", "'severity' must be")]
    [InlineData("label = \"honest\"\ncals = [\"ls\"]\ncalls = [\"ls\"]", "'cals' is no setting")]
    public void A_mistake_is_told_with_its_scenario(string text, string expected)
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-scenario-").FullName;
        try
        {
            File.WriteAllText(ScenarioFile.In(folder), $"[[scenario]]\nname = \"mine\"\n{text}\n");
            List<string> mistakes = [];

            ScenarioFile.Read(folder, mistakes);

            Assert.Contains(mistakes, mistake => mistake.Contains("mine", StringComparison.Ordinal)
                && mistake.Contains(expected, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_episode_is_held_against_what_its_scenario_asks_for()
    {
        Scenario scenario = new(
            "x", "mining", "", [Category.Mining], Severity.High, 2, ["a", "b"], [], Quick: false);
        ToolCallId first = new("e1.c1"), second = new("e1.c2");

        Assert.Equal("nothing of it was found", Outcome(scenario, []).Shortfall);
        Assert.Null(Outcome(scenario, [Found(Category.Mining, Severity.High, second)]).Shortfall);
        Assert.Contains("High was expected", Outcome(
            scenario, [Found(Category.Mining, Severity.Medium, second)]).Shortfall, StringComparison.Ordinal);
        FileOutcome misnamed = Outcome(scenario, [Found(Category.Mining, Severity.High, first)]);
        Assert.False(misnamed.Attributed);
        Assert.NotNull(misnamed.Shortfall);
        Assert.Single(Outcome(scenario, [Found(Category.Tunnel, Severity.High, second)]).FalseAlarms);
    }

    private static FileOutcome Outcome(Scenario scenario, Event[] events) =>
        EpisodeEvaluator.Run(scenario, events, "run");

    private static Event Found(Category category, Severity severity, ToolCallId call)
    {
        Subject subject = new(Call: call);
        return new Event(1, DateTimeOffset.UnixEpoch, 5, subject, new Fact.Found(new Finding
        {
            Rule = "r", RuleVersion = 1, Category = category, Severity = severity, Confidence = 1, Subject = subject,
            Evidence = [1], Explanation = "", CompletedAtNs = 5,
        }));
    }
}
