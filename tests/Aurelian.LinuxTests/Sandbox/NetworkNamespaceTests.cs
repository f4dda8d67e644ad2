using System.Net;
using System.Net.Sockets;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

public sealed class NetworkNamespaceTests
{
    [Fact]
    public void A_new_namespace_has_a_loopback_that_is_down_and_no_route()
    {
        using NetworkNamespace made = NetworkNamespace.Create("test");

        SocketException refused = Assert.Throws<SocketException>(() => made.Run(() =>
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(new IPEndPoint(IPAddress.Parse("203.0.113.1"), 80));
        }));

        Assert.Equal(SocketError.NetworkUnreachable, refused.SocketErrorCode);
    }

    [Fact]
    public void The_path_names_the_namespace_for_other_processes()
    {
        using NetworkNamespace made = NetworkNamespace.Create("test");

        string inside = made.Run(() => File.ResolveLinkTarget("/proc/thread-self/ns/net", false)!.Name);
        string? outside = File.ResolveLinkTarget("/proc/self/ns/net", false)?.Name;

        Assert.Equal(inside, File.ResolveLinkTarget(made.Path, false)!.Name);
        Assert.NotEqual(inside, outside);
    }
}
