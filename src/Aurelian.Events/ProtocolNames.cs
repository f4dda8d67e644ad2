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
}

/// <summary>Marks that a parser sets on a <see cref="Fact.ProtocolSeen"/>.</summary>
public static class ProtocolTraits
{
    /// <summary>A login, user or password that looks like a coin's wallet address.</summary>
    public const string WalletLogin = "wallet-login";
    /// <summary>Carried inside HTTP or a WebSocket.</summary>
    public const string OverHttp = "over-http";
    public const string EncryptedClientHello = "ech";
    /// <summary>The responder began the key exchange: the roles of client and server are inverted.</summary>
    public const string RoleInverted = "role-inverted";
    /// <summary>Before the name of what a WebSocket is to carry.</summary>
    public const string Subprotocol = "subprotocol:";
    /// <summary>A well-formed reply to a request seen before in the same flow.</summary>
    public const string Reply = "reply";
}
