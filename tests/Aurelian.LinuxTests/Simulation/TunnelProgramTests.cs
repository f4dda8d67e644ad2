using System.Diagnostics;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>Every spelling of a reverse tunnel really opens one where nothing hinders it.</summary>
public sealed class TunnelProgramTests(InternetFixture fixture) : IClassFixture<InternetFixture>
{
    public static IEnumerable<TheoryDataRow<string>> Spellings() => Programs.List("reverse_ssh.sh", "--list");

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task A_reverse_tunnel_opens(string spelling)
    {
        using Process program = fixture.Start(
            Programs.Find("reverse_ssh.sh"), spelling, SimulatedAddresses.Relay.ToString(), "22", "7007");
        try
        {
            await UntilAsync(() => program.HasExited || fixture.Listens(7007));

            Assert.False(program.HasExited, program.HasExited ? program.StandardError.ReadToEnd() : "");
        }
        finally
        {
            program.Kill(entireProcessTree: true);
            await UntilAsync(() => !fixture.Listens(7007));
        }
    }

    [Fact]
    public async Task Git_over_SSH_reaches_the_server_by_words_of_its_own()
    {
        ProgramResult result = await fixture.RunAsync(
            Programs.Find("git_over_ssh.sh"), SimulatedAddresses.Relay.ToString());

        Assert.Contains("git ended with 128", result.Output, StringComparison.Ordinal);
        Assert.Contains("Host key verification failed", result.Error, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }
}
