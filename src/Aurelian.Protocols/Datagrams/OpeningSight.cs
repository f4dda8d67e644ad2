using System.Buffers.Binary;

namespace Aurelian.Protocols;

/// <summary>
/// Names what single datagrams open that nobody will answer, whatever their port: QUIC and DTLS with the name they ask
/// for, WireGuard, OpenVPN, STUN, and DNS on its own port. One for each sender.
/// </summary>
/// <remarks>
/// Without an answer the forms are asked for to the last byte (<see cref="VpnDatagram"/>). Does not cover: datagrams
/// that were cut, forks that scramble their forms. Allocates for a name and for QUIC's ciphers.
/// </remarks>
public sealed class OpeningSight
{
    /// <summary>Clients split a hello over two datagrams, and few connect at once.</summary>
    private const int HellosMax = 8;

    private const int DnsPort = 53;
    private const uint StunCookie = 0x2112A442; // RFC 8489 §5
    private const int StunHeader = 20;

    private readonly QuicHello?[] _hellos = new QuicHello?[HellosMax];
    private int _next;

    /// <summary>Null: nothing that has a name here.</summary>
    public Sighting? Read(ReadOnlySpan<byte> datagram, int port)
    {
        if (QuicInitial.Looks(datagram))
        {
            return HelloOf(QuicInitial.ConnectionId(datagram))
                .TryFeed(datagram, out ClientHello hello, out string? fingerprint)
                ? new Sighting("quic", true, "client-hello", hello.ServerName, HelloTraits.Of(hello, fingerprint))
                : null;
        }

        if (VpnDatagram.IsWireGuardAttempt(datagram))
        {
            return new Sighting("wireguard", true, "initiation", null, []);
        }

        if (VpnDatagram.IsOpenVpnAttempt(datagram))
        {
            return new Sighting("openvpn", true, "reset", null, []);
        }

        if (DtlsHello.TryRead(datagram, out ClientHello secure))
        {
            return new Sighting("dtls", true, "client-hello", secure.ServerName, HelloTraits.Of(secure, null));
        }

        if (IsStun(datagram))
        {
            return new Sighting("stun", true, "request", null, []);
        }

        return port == DnsPort && DnsQuery.TryRead(datagram, out DnsQuery query)
            ? new Sighting("dns", true, DnsQuery.TypeName(query.Type), query.Name, [])
            : null;
    }

    private static bool IsStun(ReadOnlySpan<byte> datagram) => datagram.Length >= StunHeader
        && (datagram[0] & 0xFE) == 0 && (datagram[1] & 0x10) == 0 // a request's class
        && BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) == datagram.Length - StunHeader
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == StunCookie;

    /// <summary>By the connection's own id; the place of the one that began longest ago when it is new.</summary>
    private QuicHello HelloOf(ReadOnlySpan<byte> connection)
    {
        foreach (QuicHello? each in _hellos)
        {
            if (each is not null && each.Connection.SequenceEqual(connection))
            {
                return each;
            }
        }

        QuicHello hello = _hellos[_next] ??= new QuicHello();
        _next = (_next + 1) % HellosMax;
        hello.Begin(connection);
        return hello;
    }
}
