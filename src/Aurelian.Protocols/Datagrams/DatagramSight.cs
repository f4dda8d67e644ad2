namespace Aurelian.Protocols;

/// <summary>
/// Names what one flow of datagrams speaks from its first few, whatever its port: QUIC with the name that it asks for,
/// WireGuard, OpenVPN.
/// </summary>
public sealed class DatagramSight
{
    private const int DatagramsMax = 8;

    private QuicHello? _quic;
    private string? _opening;
    private int _seen;

    public string? Protocol { get; private set; }

    /// <summary>Nothing new will be said any more.</summary>
    public bool IsFull => _seen >= DatagramsMax || Protocol is not null;

    public void Feed(bool fromClient, ReadOnlySpan<byte> datagram, ICollection<Sighting> sightings)
    {
        if (IsFull)
        {
            return;
        }

        _seen++;
        if (!fromClient)
        {
            bool answered = (_opening == "wireguard" && VpnDatagram.IsWireGuardResponse(datagram))
                || (_opening == "openvpn" && VpnDatagram.IsOpenVpnAnswer(datagram));
            if (answered)
            {
                Say(new Sighting(_opening!, true, "handshake", null, []), sightings);
            }
        }
        else if (QuicInitial.Looks(datagram))
        {
            _quic ??= new QuicHello();
            if (_quic.TryFeed(datagram, out ClientHello hello, out string? fingerprint))
            {
                Say(new Sighting("quic", true, "client-hello", hello.ServerName,
                    HelloTraits.Of(hello, fingerprint)), sightings);
            }
        }
        else if (VpnDatagram.IsWireGuardInitiation(datagram))
        {
            _opening = "wireguard";
        }
        else if (VpnDatagram.IsOpenVpnReset(datagram))
        {
            _opening = "openvpn";
        }
    }

    private void Say(Sighting sighting, ICollection<Sighting> sightings)
    {
        Protocol = sighting.Protocol;
        sightings.Add(sighting);
    }
}
