using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Firewall;

namespace Aurelian.LinuxTests.Faults;

/// <summary>The operator edits the policy file while a run goes on.</summary>
public sealed class PolicyEditTests
{
    [Fact]
    public async Task Nonsense_changes_nothing_and_is_said_and_a_tighter_policy_holds_for_those_who_come_later_too()
    {
        await using FaultRun run = await FaultRun.OpenAsync(FaultRun.HoldsAConnection);
        PolicyPlan before = run.Stage.Gateway.Find(new SandboxId("e1"))?.Policy ?? PolicyPlan.Empty;
        Assert.Empty(before.Rules);

        Verdict verdict = await run.RunAsync("open", async () =>
        {
            before = Policy(run, "e1");
            await EditAsync(run, "[[allow]]\nname = 7\nthis is = no TOML [");
            await run.WarnedAsync("stays as it was");
            Assert.Same(before, Policy(run, "e1"));
            Assert.DoesNotContain("lost", run.Output, StringComparison.Ordinal);

            File.Delete(run.PolicyFile);
            await Eventually.Async(() => Stay(run) == 2);
            Assert.Equal(2, Stay(run));
            Assert.Same(before, Policy(run, "e1"));

            await EditAsync(run, "");
            await run.SaidAsync("second");
        });

        Assert.Equal(VerdictState.Clean, verdict.State);
        Assert.Equal(PolicyPlan.Empty.ComputeHash(), verdict.PolicyHash);
        Assert.Contains("lost ConnectionResetError", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("second b'", run.Output, StringComparison.Ordinal);
        LiveSandbox later = await run.Supply.AcquireAsync(
            new SandboxId("e1.grade"), new EpisodeId("e1"), TestContext.Current.CancellationToken);
        Assert.Empty(Policy(run, "e1.grade").Rules);
        await run.Supply.ReleaseAsync(later);
    }

    private static PolicyPlan Policy(FaultRun run, string sandbox) =>
        run.Stage.Gateway.Find(new SandboxId(sandbox))!.Policy;

    private static int Stay(FaultRun run) => run.Warnings.Split("stays as it was").Length - 1;

    private static Task EditAsync(FaultRun run, string text) =>
        File.WriteAllTextAsync(run.PolicyFile, text, TestContext.Current.CancellationToken);
}
