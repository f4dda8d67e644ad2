using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>One listening address and port: accepts, bounds and serves connections until it is disposed.</summary>
internal sealed class TcpService : IAsyncDisposable
{
    private readonly string _name;
    private readonly Socket _listener;
    private readonly ServiceLimits _limits;
    private readonly TimeProvider _time;
    private readonly Func<ServiceConnection, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, Task> _serving = new();
    private readonly Task _accepting;
    private long _accepted;
    private long _refused;
    private long _bytes;

    private TcpService(
        string name, Socket listener, ServiceLimits limits, TimeProvider time,
        Func<ServiceConnection, CancellationToken, Task> serve)
    {
        _name = name;
        _listener = listener;
        _limits = limits;
        _time = time;
        _serve = serve;
        Endpoint = ToEndpoint(listener.LocalEndPoint!);
        _accepting = AcceptAsync(_stop.Token);
    }

    public Endpoint Endpoint { get; }

    public ServiceTraffic Traffic => new(
        _name, Endpoint, Interlocked.Read(ref _accepted), Interlocked.Read(ref _refused), Interlocked.Read(ref _bytes));

    /// <exception cref="SimulationException">The address cannot be listened on.</exception>
    public static TcpService Start(
        INetworkPlace place, string name, IPEndPoint endpoint, ServiceLimits limits, TimeProvider time,
        Func<ServiceConnection, CancellationToken, Task> serve)
    {
        Socket listener = place.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            listener.Bind(endpoint);
            listener.Listen(limits.ConnectionsMax);
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new SimulationException(
                SimulationFailure.Broken, $"{name} cannot listen on {endpoint}: {exception.Message}.", exception);
        }

        return new TcpService(name, listener, limits, time, serve);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        for (long number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client was gone before we took it; the listener itself is whole.
                continue;
            }

            if (_serving.Count >= _limits.ConnectionsMax)
            {
                Interlocked.Increment(ref _refused);
                socket.Close(0);
                continue;
            }

            Interlocked.Increment(ref _accepted);
            long key = number;
            TaskCompletionSource entered = new();
            Task serving = ServeAsync(socket, key, entered.Task, cancellationToken);
            _serving[key] = serving;
            entered.SetResult();
        }
    }

    private async Task ServeAsync(Socket socket, long key, Task entered, CancellationToken cancellationToken)
    {
        await entered;
        using CancellationTokenSource lifetime = new(_limits.LifetimeMax, _time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(lifetime.Token, cancellationToken);
        try
        {
            Endpoint client = ToEndpoint(socket.RemoteEndPoint!);
            socket.NoDelay = true;
            NetworkStream network = new(socket, ownsSocket: true);
            await using BoundedStream stream =
                new(network, _limits.BytesMax, read => Interlocked.Add(ref _bytes, read));
            await _serve(new ServiceConnection(stream, client), either.Token);
        }
        catch (Exception exception) when (IsEndOfConnection(exception))
        {
            // How a client leaves is its own affair.
        }
        finally
        {
            socket.Dispose();
            _serving.TryRemove(key, out _);
        }
    }

    private static bool IsEndOfConnection(Exception exception) => exception
        is IOException or SocketException or ObjectDisposedException or OperationCanceledException
        or AuthenticationException;

    private static Endpoint ToEndpoint(EndPoint endpoint) =>
        new(((IPEndPoint)endpoint).Address, ((IPEndPoint)endpoint).Port);
}
