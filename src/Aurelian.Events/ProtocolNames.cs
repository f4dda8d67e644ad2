namespace Aurelian.Events;

/// <summary>Names of application protocols in facts, policies and JSON.</summary>
public static class ProtocolNames
{
    /// <summary>Mining in any dialect: Stratum, XMR login/job/submit, eth_*, getwork.</summary>
    public const string Stratum = "stratum";
    public const string Ssh = "ssh";
    public const string Tls = "tls";
    public const string Http = "http";
    public const string Dns = "dns";
    public const string Socks = "socks";
    public const string Quic = "quic";
    public const string Dtls = "dtls";
    public const string Stun = "stun";
    /// <summary>Stratum v2, by its handshake.</summary>
    public const string Stratum2 = "stratum2";
    public const string WireGuard = "wireguard";
    public const string OpenVpn = "openvpn";
}

/// <summary>Marks that a parser sets on a <see cref="Fact.ProtocolSeen"/>.</summary>
public static class ProtocolTraits
{
    /// <summary>A login, user or password that looks like a coin's wallet address.</summary>
    public const string WalletLogin = "wallet-login";
    /// <summary>Carried inside HTTP or a WebSocket.</summary>
    public const string OverHttp = "over-http";
    public const string EncryptedClientHello = "ech";
    /// <summary>Before the JA4 fingerprint of a ClientHello.</summary>
    public const string Ja4 = "ja4:";
    /// <summary>A name made up as Tor clients do.</summary>
    public const string TorLike = "tor-like";
    /// <summary>The responder began the key exchange: the roles of client and server are inverted.</summary>
    public const string RoleInverted = "role-inverted";
    /// <summary>Before the name of what a WebSocket is to carry.</summary>
    public const string Subprotocol = "subprotocol:";
    /// <summary>A well-formed reply to a request seen before in the same flow.</summary>
    public const string Reply = "reply";
}
