using System.Net;
using System.Net.Sockets;
using Aurelian.Firewall;

namespace Aurelian.LinuxTests.Firewall;

/// <summary>Bytes that go through by splice are the same bytes, counted, limited and cut like copied ones.</summary>
public sealed class BulkPathTests : IDisposable
{
    private readonly Socket _sender, _from, _to, _receiver;

    public BulkPathTests()
    {
        (_sender, _from) = Pair();
        (_to, _receiver) = Pair();
    }

    [Fact]
    public async Task What_comes_out_is_what_went_in_and_is_counted()
    {
        byte[] sent = new byte[8 << 20];
        new Random(1).NextBytes(sent);
        long asked = 0, passed = 0;
        Task<BulkEnding> bulk = BulkPath.TryRun(
            _from, _to, count => (asked += count) >= 0, count => passed += count,
            TestContext.Current.CancellationToken)!;
        Task sending = Task.Run(() =>
        {
            _sender.Send(sent);
            _sender.Shutdown(SocketShutdown.Send);
        });

        byte[] got = await ReadAsync(sent.Length);
        await sending;

        Assert.Equal(BulkEnding.End, await bulk);
        Assert.Equal(sent, got);
        Assert.Equal((sent.Length, sent.Length), (asked, passed));
    }

    [Fact]
    public async Task Nothing_of_a_refused_piece_goes_out()
    {
        _sender.Send(new byte[1000]);

        BulkEnding ending = await BulkPath.TryRun(
            _from, _to, _ => false, _ => Assert.Fail("sent"), TestContext.Current.CancellationToken)!;

        Assert.Equal(BulkEnding.Refused, ending);
        Assert.Equal(0, _receiver.Available);
    }

    [Fact]
    public async Task A_quiet_stretch_gives_its_thread_back()
    {
        BulkEnding ending = await BulkPath.TryRun(
            _from, _to, _ => true, _ => { }, TestContext.Current.CancellationToken)!;

        Assert.Equal(BulkEnding.Idle, ending);
    }

    [Fact]
    public async Task A_cut_ends_it_while_the_receiver_is_full()
    {
        using CancellationTokenSource aborted = new();
        Task<BulkEnding> bulk = BulkPath.TryRun(_from, _to, _ => true, _ => { }, aborted.Token)!;
        Thread sending = new(() => SendUntilReset(_sender));
        sending.Start();
        await Task.Delay(200, TestContext.Current.CancellationToken);

        await aborted.CancelAsync();
        ProxyFlow.Reset(_from);
        ProxyFlow.Reset(_to);

        Assert.Equal(BulkEnding.Broken, await bulk.WaitAsync(
            TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        sending.Join();
    }

    public void Dispose()
    {
        foreach (Socket socket in new[] { _sender, _from, _to, _receiver })
        {
            socket.Dispose();
        }
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        byte[] got = new byte[length];
        for (int at = 0; at < length;)
        {
            int read = await _receiver.ReceiveAsync(got.AsMemory(at), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, read);
            at += read;
        }

        return got;
    }

    private static void SendUntilReset(Socket socket)
    {
        try
        {
            while (true)
            {
                socket.Send(new byte[65536]);
            }
        }
        catch (SocketException)
        {
            // Reset, as asked.
        }
    }

    private static (Socket One, Socket Other) Pair()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Socket one = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        one.Connect(listener.LocalEndPoint!);
        return (one, listener.Accept());
    }
}
