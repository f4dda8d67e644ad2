using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

public sealed class WallTimeTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_sandbox_ends_with_its_wall_time_whatever_runs_in_it()
    {
        await using ISandbox sandbox = await fixture.CreateAsync(
            new ResourceLimits { WallTime = TimeSpan.FromSeconds(1.5) });
        await sandbox.ShellAsync(1, "setsid sleep 60 >/dev/null 2>&1 &");

        ExecResult result = await sandbox.ShellAsync(2, "trap '' TERM INT HUP; sleep 60; sleep 60", seconds: 30);

        Assert.Equal((9, true, false), (result.Signal, result.Killed, result.TimedOut));
        // A busy machine takes its time to bury them.
        for (int round = 0; round < 500 && sandbox.ReadPids().Count > 0; round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Empty(sandbox.ReadPids());
    }
}
