using System.Net.Sockets;
using System.Text;
using Aurelian.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Aurelian.UnitTests.Simulation.Serving;

public sealed class TcpServiceTests
{
    [Fact]
    public async Task Connections_and_bytes_are_counted()
    {
        await using TestService service = new(SimulatedServices.Lines(_ => ["yes"]));

        Assert.Equal("yes\nyes\n", await service.AskAsync("one\ntwo\n"));
        Assert.Equal((1L, 0L, 8L), Counts(service));
    }

    [Fact]
    public async Task A_client_sends_no_more_than_it_may()
    {
        await using TestService service =
            new(SimulatedServices.Lines(line => [line]), new ServiceLimits { BytesMax = 6 });
        using TcpClient client = await service.ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("first\n"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal("first\n", await ReadToEndAsync(stream));
        Assert.Equal(6, service.Traffic.BytesReceived);
    }

    [Fact]
    public async Task A_line_without_end_is_not_waited_for()
    {
        await using TestService service = new(SimulatedServices.Lines(line => [line]));
        using TcpClient client = await service.ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(new byte[LineService.LineBytesMax + 1], TestContext.Current.CancellationToken);

        Assert.Equal("", await ReadToEndAsync(stream));
    }

    [Fact]
    public async Task One_connection_too_many_is_refused_and_counted()
    {
        await using TestService service =
            new(SimulatedServices.Lines(line => [line]), new ServiceLimits { ConnectionsMax = 1 });
        using TcpClient first = await service.ConnectAsync();
        await first.GetStream().WriteAsync("here\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal('h', first.GetStream().ReadByte());

        // Refused while connecting or while reading: which of them is a matter of timing.
        Exception? exception = await Record.ExceptionAsync(async () =>
        {
            using TcpClient second = await service.ConnectAsync();
            Assert.Equal("", await ReadToEndAsync(second.GetStream()));
        });

        Assert.True(exception is null or SocketException, exception?.ToString());
        Assert.Equal(1, service.Traffic.Refused);
    }

    [Fact]
    public async Task A_connection_ends_when_its_time_is_up()
    {
        FakeTimeProvider time = new();
        await using TestService service = new(SimulatedServices.Lines(line => [line]), time: time);
        using TcpClient client = await service.ConnectAsync();
        await client.GetStream().WriteAsync("x\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal('x', client.GetStream().ReadByte());

        time.Advance(new ServiceLimits().LifetimeMax);

        Assert.Equal("\n", await ReadToEndAsync(client.GetStream()));
    }

    [Fact]
    public async Task Disposing_ends_what_is_being_served()
    {
        TestService service = new(SimulatedServices.Lines(line => [line]));
        using TcpClient client = await service.ConnectAsync();
        await client.GetStream().WriteAsync("x\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal('x', client.GetStream().ReadByte());

        await service.DisposeAsync();

        Assert.Equal("\n", await ReadToEndAsync(client.GetStream()));
    }

    [Fact]
    public async Task An_address_in_use_is_a_broken_simulation()
    {
        await using TestService service = new(SimulatedServices.Lines(line => [line]));

        SimulationException exception = Assert.Throws<SimulationException>(() => TcpService.Start(
            new LoopbackPlace(), "second", new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, service.Port),
            new ServiceLimits(), TimeProvider.System, SimulatedServices.Lines(line => [line])));

        Assert.Equal(SimulationFailure.Broken, exception.Reason);
    }

    private static (long Accepted, long Refused, long Bytes) Counts(TestService service) =>
        (service.Traffic.Accepted, service.Traffic.Refused, service.Traffic.BytesReceived);

    /// <summary>A reset is an end too.</summary>
    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[256];
        try
        {
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and int read)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            return text.ToString();
        }

        return text.ToString();
    }
}
