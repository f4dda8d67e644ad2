using Aurelian.Cli.Commands;
using Aurelian.Investigation;
using Aurelian.LinuxTests.Attacks;

namespace Aurelian.LinuxTests.Runs;

/// <summary>The scenarios of <c>scenarios/</c>: each is found as it says, and laid at the call that did it.</summary>
public sealed class ScenarioTests
{
    private static readonly string Folder = Path.Combine(Repository.Root(), "scenarios");

    [Fact]
    public Task Every_quick_scenario_comes_out_as_it_says() => ExpectAsync(scenario => scenario.Quick);

    // Minutes on two cores: a shape that takes 240 s to be one is among them.
    [Fact(Explicit = true)]
    public Task Every_scenario_comes_out_as_it_says() => ExpectAsync(_ => true);

    private static async Task ExpectAsync(Func<Scenario, bool> chosen)
    {
        List<string> mistakes = [];
        Scenario[] scenarios = [.. ScenarioFile.Read(Folder, mistakes).Where(chosen)];
        Assert.Empty(mistakes);
        string runs = Directory.CreateTempSubdirectory("aurelian-scenarios-").FullName;
        try
        {
            (IReadOnlyList<FileOutcome> outcomes, IReadOnlyList<string> wrong) = await ScenarioRun.ExecuteAsync(
                Folder, scenarios, runs, Run.Silent, TimeProvider.System, TestContext.Current.CancellationToken);

            Assert.Empty(wrong);
            foreach (FileOutcome skipped in outcomes.Where(outcome => outcome.File.Path is null))
            {
                TestContext.Current.SendDiagnosticMessage($"{skipped.File.Name}: {skipped.Shortfall}");
            }

            Assert.Empty(outcomes.Where(outcome => outcome.File.Path is not null && outcome.Shortfall is not null)
                .Select(outcome => $"{outcome.File.Name}: {outcome.Shortfall}"));
            Assert.DoesNotContain(outcomes, outcome => outcome.FalseAlarms.Count > 0);
        }
        finally
        {
            Directory.Delete(runs, recursive: true);
        }
    }
}
