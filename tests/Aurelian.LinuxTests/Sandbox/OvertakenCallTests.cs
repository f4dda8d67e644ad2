using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

public sealed class OvertakenCallTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_call_that_the_sandboxs_end_overtakes_is_a_killed_call()
    {
        // Containment may come while the warden is still on its way to the call's first process.
        for (int round = 0; round < 12; round++)
        {
            await using ISandbox sandbox = await fixture.CreateAsync();
            Task<ExecResult> call = sandbox.ShellAsync(1, "sleep 30");

            await sandbox.KillAsync(TestContext.Current.CancellationToken);
            ExecResult result = await call;

            Assert.Equal((null, 9, true), (result.ExitCode, result.Signal, result.Killed));
        }
    }

    [Fact]
    public async Task A_call_in_a_sandbox_that_was_killed_is_a_killed_call()
    {
        await using ISandbox sandbox = await fixture.CreateAsync();
        await sandbox.KillAsync(TestContext.Current.CancellationToken);

        ExecResult result = await sandbox.ShellAsync(1, "true");

        Assert.Equal((null, true), (result.ExitCode, result.Killed));
    }
}
