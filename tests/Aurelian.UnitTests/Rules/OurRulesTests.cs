using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Rules;

namespace Aurelian.UnitTests.Rules;

/// <summary>Every rule in <c>rules/</c> fires on its events, stays quiet on look-alikes, and says what to do.
/// </summary>
public sealed class OurRulesTests
{
    public static TheoryData<string> Cases => [.. Results.Keys];

    public static TheoryData<string> Names => [.. SigmaRules.Ours.Rules.Select(rule => rule.Name)];

    private static Dictionary<string, RuleTestResult> Results { get; } =
        RuleTests.Run(RuleFolder.Ours).ToDictionary(each => $"{each.File} {each.Case}");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_comes_out_as_it_says(string name) => Assert.True(Results[name].Passed, Results[name].Detail);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_says_what_it_is_and_what_to_do(string name)
    {
        SigmaRule rule = SigmaRules.Ours.Rules.Single(each => each.Name == name);

        Assert.True(rule.Silent || (rule.Id is not null && Guid.TryParse(rule.Id, out _)), "id");
        Assert.True(rule.Silent || rule.Runbook is { Length: > 20 }, "runbook");
        Assert.True(rule.Silent || rule.Technique is not null, "technique");
        Assert.True(rule.Silent || rule.FalsePositives.Count > 0, "falsepositives");
        Assert.False(string.IsNullOrWhiteSpace(rule.Description), "description");
        // What contains is tried on something honest that looks like it, more than once.
        Assert.True(rule.Severity < Severity.High || Results.Values.Count(each =>
            each.File == Path.ChangeExtension(rule.File, ".test.yml")
            && each.Case.StartsWith("quiet", StringComparison.Ordinal)) > 1, "look-alikes");
    }

    [Fact]
    public void All_are_honoured_and_each_file_has_its_test()
    {
        Assert.Empty(SigmaRules.Ours.Refusals);
        Assert.Empty(RuleTests.Untested(RuleFolder.Ours));
        Assert.True(SigmaRules.Ours.Rules.Count > 20);
    }

    [Fact]
    public void Every_detector_has_its_note() => Assert.Equal(
        DetectorSet.Standard().Detectors.Select(each => each.Name).Except(["sigma"]).Order(StringComparer.Ordinal),
        DetectorNotes.All.Select(each => each.Name).Order(StringComparer.Ordinal));
}
