using System.Net;
using System.Runtime.InteropServices;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Destroys sockets in a namespace from outside (SOCK_DESTROY, linux/sock_diag.h and linux/inet_diag.h): what a frozen
/// process has in its buffers is gone with them, where closing the far end would leave it to be sent again.
/// </summary>
internal static class SocketTable
{
    private const int DiagnosticProtocol = 4, ByFamily = 20, Destroy = 21;
    private const int InternetFour = 2, InternetSix = 10, Tcp = 6, Udp = 17;
    private const int RequestLength = NetlinkMessage.HeaderLength + 8 + IdentityLength;
    private const int IdentityLength = 48, IdentityAt = 4, RemoteAt = 4 + 16;
    private const int BufferSize = 64 * 1024;

    /// <summary>Every TCP and UDP socket in the namespace; gives how many.</summary>
    internal static int DestroyAll(NetworkNamespace inside) =>
        DestroyOf(inside, InternetFour, Tcp, null) + DestroyOf(inside, InternetSix, Tcp, null)
        + DestroyOf(inside, InternetFour, Udp, null) + DestroyOf(inside, InternetSix, Udp, null);

    /// <summary>Every TCP connection in the namespace whose other end is <paramref name="remote"/>.</summary>
    internal static int DestroyWith(NetworkNamespace inside, IPAddress remote) =>
        DestroyOf(inside, InternetFour, Tcp, remote.GetAddressBytes());

    private static int DestroyOf(NetworkNamespace inside, byte family, byte protocol, byte[]? remote)
    {
        using NetlinkSocket socket = new(inside, DiagnosticProtocol);
        List<byte[]> identities = List(socket, family, protocol, remote);
        byte[] reply = new byte[4096];
        int destroyed = 0;
        foreach (byte[] identity in identities)
        {
            Send(socket, Destroy, NetlinkMessage.Request | NetlinkMessage.Acknowledge, family, protocol, identity);
            ReadOnlySpan<byte> rest = reply.AsSpan(0, socket.Receive(reply, out _));
            // One that ended by itself meanwhile is not found: as wanted.
            destroyed += NetlinkMessage.TryNext(ref rest, out NetlinkMessage answer)
                && answer is { Kind: NetlinkMessage.Error, ErrorCode: 0 } ? 1 : 0;
        }

        return destroyed;
    }

    private static List<byte[]> List(NetlinkSocket socket, byte family, byte protocol, byte[]? remote)
    {
        List<byte[]> identities = [];
        byte[] buffer = new byte[BufferSize];
        Send(
            socket, ByFamily, NetlinkMessage.Request | NetlinkMessage.Dump, family, protocol, new byte[IdentityLength]);
        while (true)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, socket.Receive(buffer, out int error));
            if (error != 0)
            {
                return identities;
            }

            while (NetlinkMessage.TryNext(ref rest, out NetlinkMessage message))
            {
                if (message.Kind is NetlinkMessage.Done or NetlinkMessage.Error)
                {
                    return identities;
                }

                ReadOnlySpan<byte> identity = message.Body.Slice(IdentityAt, IdentityLength);
                if (remote is null || identity.Slice(RemoteAt, 4).SequenceEqual(remote))
                {
                    identities.Add(identity.ToArray());
                }
            }
        }
    }

    /// <summary>inet_diag_req_v2: family, protocol, two bytes, all states, the identity.</summary>
    private static void Send(
        NetlinkSocket socket, int kind, int flags, byte family, byte protocol, ReadOnlySpan<byte> identity)
    {
        Span<byte> message = stackalloc byte[RequestLength];
        message.Clear();
        NetlinkMessage.WriteHeader(message, kind, flags, 1);
        message[16] = family;
        message[17] = protocol;
        MemoryMarshal.Write(message[20..], uint.MaxValue);
        identity.CopyTo(message[24..]);
        socket.Send(message);
    }
}
