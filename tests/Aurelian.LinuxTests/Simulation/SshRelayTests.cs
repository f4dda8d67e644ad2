using System.Diagnostics;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

public sealed class SshRelayTests(InternetFixture fixture) : IClassFixture<InternetFixture>
{
    private static readonly string[] Options =
    [
        "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
        "UserKnownHostsFile=/dev/null", "-o", "IdentityFile=/dev/null", "-o", "LogLevel=VERBOSE",
    ];

    [Fact]
    public async Task A_client_logs_in_and_a_reverse_tunnel_carries_bytes_back_to_it()
    {
        using Process target = fixture.Start(
            "python3", "-c", "import socket; s=socket.create_server(('127.0.0.1',9009)); print('up', flush=True); " +
            "c,_=s.accept(); c.sendall(b'through the tunnel'); c.close()");
        Assert.Equal("up", await target.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        using Process client = fixture.Start(
            ["ssh", "-N", "-R", "7007:127.0.0.1:9009", "-o", "ExitOnForwardFailure=yes", .. Options,
            $"ops@{SimulatedAddresses.Relay}", "-v"]);
        try
        {
            await SaysAsync(client, "remote forward success");
            ProgramResult through = await fixture.RunAsync(
                "python3", "-c",
                "import socket; print(socket.create_connection(('127.0.0.1',7007)).recv(64).decode())");

            Assert.Equal("through the tunnel\n", through.Output);
        }
        finally
        {
            client.Kill();
            target.Kill();
        }
    }

    [Fact]
    public async Task No_command_is_run_for_anybody()
    {
        ProgramResult result = await fixture.RunAsync(
            ["ssh", .. Options, $"ops@{SimulatedAddresses.Relay}", "echo", "ran"]);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Authenticated to", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("nobody")]
    public async Task Nobody_but_the_relays_own_login_is_let_in(string login)
    {
        ProgramResult result = await fixture.RunAsync(["ssh", .. Options, $"{login}@{SimulatedAddresses.Relay}"]);

        Assert.Equal(255, result.ExitCode);
        Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_forwards_nothing_to_the_host()
    {
        using Process client = fixture.Start(
            ["ssh", "-N", "-v", "-W", "127.0.0.1:3333", .. Options, $"ops@{SimulatedAddresses.Relay}"]);
        client.StandardInput.Close();
        ProgramResult result = await ProgramResult.OfAsync(client);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("open failed", result.Error, StringComparison.Ordinal);
    }

    private static async Task SaysAsync(Process process, string text)
    {
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"It ended without saying '{text}'.");
    }
}
