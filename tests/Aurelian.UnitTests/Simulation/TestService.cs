using System.Net;
using System.Net.Sockets;
using System.Text;
using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation;

/// <summary>One service of the simulated internet on 127.0.0.1, and clients for it.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly TcpService _service;

    public TestService(
        Func<ServiceConnection, CancellationToken, Task> serve, ServiceLimits? limits = null,
        TimeProvider? time = null) =>
        _service = TcpService.Start(
            new LoopbackPlace(), "test", new IPEndPoint(IPAddress.Loopback, 0), limits ?? new ServiceLimits(),
            time ?? TimeProvider.System, serve);

    public ServiceTraffic Traffic => _service.Traffic;

    public int Port => _service.Endpoint.Port;

    public async Task<TcpClient> ConnectAsync()
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Sends <paramref name="text"/>, ends our side, and reads all that comes.</summary>
    public async Task<string> AskAsync(string text)
    {
        using TcpClient client = await ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
