using System.Net;
using System.Net.Sockets;
using Aurelian.Firewall;
using Aurelian.LinuxTests.Faults;
using Aurelian.Sandbox;
using Native = Aurelian.Firewall.Native;

namespace Aurelian.LinuxTests.Firewall;

/// <summary>The proxy's sockets wait on one thread: nobody holds it up, and no wait outlives its socket.</summary>
public sealed class LoopSocketTests : IAsyncDisposable
{
    private const int PieceSize = 64, Pieces = 1000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly DescriptorLoop _loop = new("test");
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _sockets = [];

    public LoopSocketTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_much_to_give_lets_others_have_their_turn()
    {
        (Socket flooding, LoopSocket flooded) = Pair();
        (Socket quiet, LoopSocket waiting) = Pair();
        flooding.Send(new byte[PieceSize * Pieces]);
        await Eventually.Async(() => flooded.Socket.Available == PieceSize * Pieces);
        int read = 0;
        Task<int> other = CountAsync();
        TaskCompletionSource<Task> greedy = new(TaskCreationOptions.RunContinuationsAsynchronously);

        _loop.Post(() =>
        {
            quiet.Send([1]);
            greedy.SetResult(ReadAllAsync());
        });

        Assert.InRange(await other.WaitAsync(Soon, Stop), 1, Pieces / 10);
        await (await greedy.Task).WaitAsync(Soon, Stop);

        async Task<int> CountAsync()
        {
            await waiting.ReceiveAsync(new byte[16], Stop).ConfigureAwait(false);
            return read;
        }

        async Task ReadAllAsync()
        {
            for (; read < Pieces; read++)
            {
                await flooded.ReceiveAsync(new byte[PieceSize], Stop).ConfigureAwait(false);
            }
        }
    }

    [Fact]
    public async Task A_reset_ends_a_wait_to_read_and_a_wait_to_write()
    {
        (_, LoopSocket socket) = Pair();
        Task<int> reading = socket.ReceiveAsync(new byte[16], Stop).AsTask();
        Task writing = Task.Run(() => WriteForEverAsync(socket), Stop);
        await Task.Delay(100, Stop);
        Assert.False(writing.IsCompleted);

        socket.Reset();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.WaitAsync(Soon, Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing.WaitAsync(Soon, Stop));
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled_and_the_next_one_reads()
    {
        (Socket other, LoopSocket socket) = Pair();
        using CancellationTokenSource patience = new();
        Task<int> reading = socket.ReceiveAsync(new byte[16], patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => reading.WaitAsync(Soon, Stop));
        other.Send([1, 2]);
        Assert.Equal(2, await socket.ReceiveAsync(new byte[16], Stop).AsTask().WaitAsync(Soon, Stop));
    }

    [Fact]
    public async Task An_end_that_came_with_the_last_bytes_is_read_after_them()
    {
        (Socket other, LoopSocket socket) = Pair();
        Task<int> reading = socket.ReceiveAsync(new byte[16], Stop).AsTask();

        other.Send([1, 2, 3]);
        other.Shutdown(SocketShutdown.Send);

        Assert.Equal(3, await reading.WaitAsync(Soon, Stop));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[16], Stop).AsTask().WaitAsync(Soon, Stop));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Whoever_answers_is_reached_and_whoever_does_not_is_an_exception(string address)
    {
        IPAddress where = IPAddress.Parse(address);
        using Socket listener = new(where.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(where, 0));
        IPEndPoint to = (IPEndPoint)listener.LocalEndPoint!;
        using Socket refused = new(where.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(
            () => new LoopSocket(_loop, refused).ConnectAsync(to, Stop).AsTask().WaitAsync(Soon, Stop));

        listener.Listen();
        using Socket reaching = new(where.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await new LoopSocket(_loop, reaching).ConnectAsync(to, Stop).AsTask().WaitAsync(Soon, Stop);
        using Socket reached = listener.Accept();

        Assert.Equal(Native.LocalEnd(reaching), reached.RemoteEndPoint);
        Assert.Equal(to, Native.RemoteEnd(reaching));
    }

    [Fact]
    public async Task A_listener_that_is_shut_is_an_exception_and_not_a_wait_for_ever()
    {
        _listener.Blocking = false;
        Task<Socket> accepting = new LoopSocket(_loop, _listener).AcceptAsync(Stop).AsTask();

        _listener.Shutdown(SocketShutdown.Both);

        SocketException end = await Assert.ThrowsAsync<SocketException>(() => accepting.WaitAsync(Soon, Stop));
        Assert.Equal(SocketError.InvalidArgument, end.SocketErrorCode);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield(); // a test may end on the loop's thread, which does not wait for itself
        _sockets.ForEach(socket => socket.Dispose());
        _listener.Dispose();
        _loop.Dispose();
    }

    private static async Task WriteForEverAsync(LoopSocket socket)
    {
        byte[] piece = new byte[65536];
        while (true)
        {
            await socket.SendAsync(piece, CancellationToken.None);
        }
    }

    private (Socket Far, LoopSocket Near) Pair()
    {
        Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        far.Connect(_listener.LocalEndPoint!);
        Socket near = _listener.Accept();
        _sockets.AddRange([far, near]);
        return (far, new LoopSocket(_loop, near));
    }
}
