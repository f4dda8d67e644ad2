using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>
/// What an earlier, wider policy left: open connections, issued addresses, and sandboxes that come later.
/// </summary>
public sealed class TighteningAttackTests(EgressFixture fixture) : IClassFixture<EgressFixture>
{
    private const string Tight = """
        [[allow]]
        name = "mirror.example"
        ports = [80]
        protocol = "http"
        """;

    [Theory]
    [InlineData(Tight, "the policy was tightened")] // the rule is gone
    [InlineData(Tight + "\n[[allow]]\nname = \"small.example\"\nports = [9000]\nprotocol = \"tls\"\n",
        "the policy was tightened")] // the same place, checked otherwise
    [InlineData(Tight + "\n[[allow]]\nname = \"small.example\"\nports = [9000]\nprotocol = \"tcp\"\nbytes_max = 7\n",
        "over the rule's limit of 7 bytes")] // a smaller share, of which most is used
    public async Task A_connection_opened_before_a_tightening_says_nothing_after_it(string policy, string reason)
    {
        await using ISandbox sandbox = await fixture.AdmitAsync(EgressFixture.Policy);
        fixture.Gateway.Apply(EgressFixture.Read(EgressFixture.Policy));
        TaskCompletionSource kept = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Attempt> trying = fixture.TryInAsync(
            sandbox, line => _ = line.Contains("kept", StringComparison.Ordinal) && kept.TrySetResult(), "local.py",
            "keep");
        await kept.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        fixture.Gateway.Apply(EgressFixture.Read(policy));
        await sandbox.ShellAsync(900, "touch /tmp/egress-passed");
        Attempt attempt = await (await trying).HeldAsync();

        Fact.FlowClosed cut = attempt.WasCut(reason);
        Assert.Equal(("small.example", 6), (cut.Name, cut.BytesUpstream));
        fixture.Gateway.Release(sandbox.Id);
    }

    [Fact]
    public async Task A_sandbox_that_comes_after_a_tightening_is_held_to_it()
    {
        fixture.Gateway.Apply(EgressFixture.Read(Tight));
        // As the run does it: with the policy that it started with.
        await using ISandbox sandbox = await fixture.AdmitAsync(EgressFixture.Policy);

        Attempt attempt = await fixture.TryInAsync(sandbox, null, "addresses.py", "to", "small.example", "9000");

        Assert.Equal("small.example", Assert.Single((await attempt.HeldAsync()).Denied).Name);
        Assert.Equal(EgressFixture.Read(Tight).ComputeHash(), fixture.Sink.Of<Fact.PolicyInstalled>()
            .Last(entry => entry.Subject.Sandbox == sandbox.Id).Fact.PolicyHash);
        fixture.Gateway.Release(sandbox.Id);
    }

    [Fact]
    public async Task A_second_admission_of_the_same_sandbox_inherits_nothing()
    {
        fixture.Gateway.Apply(EgressFixture.Read(EgressFixture.Policy));
        await using ISandbox sandbox = await fixture.AdmitAsync(EgressFixture.Policy);
        TaskCompletionSource kept = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string issued = (await sandbox.ShellAsync(900, "getent ahostsv4 small.example")).Text().Split(' ')[0];
        Task<Attempt> trying = fixture.TryInAsync(
            sandbox, line => _ = line.Contains("kept", StringComparison.Ordinal) && kept.TrySetResult(), "local.py",
            "keep");
        await kept.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        fixture.Admit(sandbox, EgressFixture.Policy);
        await sandbox.ShellAsync(901, "touch /tmp/egress-passed");
        (await (await trying).HeldAsync()).WasCut("the sandbox ended");
        Attempt again = await fixture.TryInAsync(sandbox, null, "addresses.py", "to", issued, "9000");

        // The address was issued in the life before: nobody asked for it in this one.
        Assert.Null(Assert.Single((await again.HeldAsync()).Denied).Name);
        fixture.Gateway.Release(sandbox.Id);
    }
}
