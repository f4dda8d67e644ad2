using System.Net;
using System.Net.Sockets;
using System.Text;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

public sealed class SimulatedInternetTests(InternetFixture fixture) : IClassFixture<InternetFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pool_is_reached_by_name_and_greets_a_subscriber()
    {
        using Socket socket = await ConnectAsync(SimulatedNames.Pool, 3333);

        string answer = await AskAsync(socket, """{"id":1,"method":"mining.subscribe","params":["toy/1.0"]}""" + "\n");

        Assert.Contains("mining.set_difficulty", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.80", 80, "GET /simple/ HTTP/1.0\r\n\r\n", "slugline")]
    [InlineData("192.0.2.81", 80, "GET / HTTP/1.0\r\n\r\n", "greetings.git")]
    [InlineData("10.77.0.10", 8080, "GET /health HTTP/1.0\r\n\r\n", "simulated")]
    [InlineData("10.77.0.20", 6379, "PING\r\n", "+PONG")]
    [InlineData("10.77.0.30", 22, "", "SSH-2.0-simulated")]
    [InlineData("169.254.169.254", 80, "GET /latest/meta-data/hostname HTTP/1.0\r\n\r\n", "simulated-host")]
    [InlineData("203.0.113.11", 3333, "{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"w\"}}\n", "\"blob\"")]
    [InlineData("203.0.113.10", 443, "{\"id\":1,\"method\":\"mining.subscribe\"}\n", "mining.notify")]
    [InlineData("198.51.100.22", 22, "", "SSH-2.0-dropbear")]
    [InlineData("198.51.100.22", 443, "", "SSH-2.0-dropbear")]
    public async Task Every_service_answers_at_its_documented_address(
        string address, int port, string request, string expected)
    {
        using Socket socket = await ConnectAsync(address, port);

        Assert.Contains(expected, await AskAsync(socket, request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.77.0.10", 81)] // a closed port
    [InlineData("10.77.200.1", 22)] // an address that nobody has
    [InlineData("100.64.0.1", 80)] // outside: there is no route
    public async Task Nobody_answers_elsewhere_and_it_is_said_at_once(string address, int port) =>
        Assert.Null(await fixture.Internet.ConnectAsync(null, IPAddress.Parse(address), port, Cancellation));

    [Fact]
    public async Task An_unknown_name_leads_nowhere_whatever_its_address() => Assert.Null(
        await fixture.Internet.ConnectAsync("nobody.example", SimulatedAddresses.Mirror, 80, Cancellation));

    [Fact]
    public async Task A_name_decides_and_not_the_address_it_came_with()
    {
        using Socket? socket = await fixture.Internet.ConnectAsync(
            SimulatedNames.Mirror, IPAddress.Parse("198.18.0.1"), 80, Cancellation);

        Assert.Equal(SimulatedAddresses.Mirror, ((IPEndPoint)socket!.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task Git_clones_from_the_git_host()
    {
        string folder = Directory.CreateTempSubdirectory($"aurelian-{Environment.ProcessId}-clone").FullName;
        try
        {
            ProgramResult result = await fixture.RunAsync(
                "git", "clone", "-q", $"http://{SimulatedAddresses.GitHost}{GitHost.RepositoryPath}", $"{folder}/it");

            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            Assert.Contains("Hello", await File.ReadAllTextAsync($"{folder}/it/greetings.py", Cancellation),
                StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_reaches_a_service_is_counted_there()
    {
        ServiceTraffic before = Cache();
        using Socket socket = await ConnectAsync(SimulatedNames.Cache, 6379);
        await AskAsync(socket, "PING\r\n");

        Assert.Equal(before.Accepted + 1, Cache().Accepted);
        Assert.Equal(before.BytesReceived + 6, Cache().BytesReceived);
    }

    private async Task<Socket> ConnectAsync(string target, int port)
    {
        string? name = IPAddress.TryParse(target, out IPAddress? address) ? null : target;
        Socket? socket = await fixture.Internet.ConnectAsync(name, address ?? IPAddress.None, port, Cancellation);
        Assert.NotNull(socket);
        return socket;
    }

    private ServiceTraffic Cache() => fixture.Internet.Traffic.Single(traffic => traffic.Service == "cache");

    private static async Task<string> AskAsync(Socket socket, string request)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        StringBuilder answer = new();
        byte[] buffer = new byte[4096];
        socket.ReceiveTimeout = 5000;
        if (request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            while (await socket.ReceiveAsync(buffer, Cancellation) is > 0 and int piece)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, piece));
            }

            return answer.ToString();
        }

        int read = await socket.ReceiveAsync(buffer, Cancellation);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
