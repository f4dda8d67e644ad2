using System.Buffers;

namespace Aurelian.Firewall;

/// <summary>
/// Lets a client's bytes through as long as they are what the rule is for. Pure: bytes in, approved bytes out.
/// </summary>
internal abstract class ClientGuard
{
    /// <summary>Why nothing more goes through; null as long as it does.</summary>
    internal string? Refusal { get; private protected set; }

    /// <summary>Whatever comes now is approved: it need not be fed any more.</summary>
    internal virtual bool IsOver => false;

    /// <summary>False for good once something was refused; what was approved before may still be sent.</summary>
    internal abstract bool TryFeed(ReadOnlySpan<byte> bytes, IBufferWriter<byte> approved);

    /// <summary>Null: the rule asks for no guard beyond address and port.</summary>
    internal static ClientGuard? For(PolicyRule rule, ProxyFlow flow) => rule.Protocol switch
    {
        RuleProtocol.Http => new HttpGuard(flow.Name!, flow.Destination.Port),
        RuleProtocol.Tls => new TlsGuard(flow.Name!),
        RuleProtocol.Ssh => new SshGuard(),
        _ => null,
    };
}
