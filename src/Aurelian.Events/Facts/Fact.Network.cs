using System.Collections.Immutable;

namespace Aurelian.Events;

public abstract partial record Fact
{
    /// <param name="Type">The record type asked for: A, AAAA, TXT, TYPE65 …</param>
    /// <param name="Answer">The synthetic address given, where one was.</param>
    /// <param name="Allowed">Some rule names it. A denied name gets an address too: it leads to the sinkhole.</param>
    /// <param name="Flow">The flow that carried the question, where a capture shows it.</param>
    public sealed record DnsAsked(
        string Name, string Type, string Outcome, string? Answer, bool Allowed, FlowId? Flow = null) : Fact;

    /// <param name="Name">The name that the destination address was issued for, if it was issued.</param>
    public sealed record FlowOpened(
        FlowId Flow, Endpoint Source, Endpoint Destination, Transport Transport, string? Name) : Fact;

    /// <summary>
    /// What a parser read in a flow's first bytes. One flow may give several: a request, then its reply.
    /// </summary>
    /// <param name="Protocol">The application's: stratum, ssh, tls, http, dns, socks …</param>
    /// <param name="Direction">Who said it.</param>
    /// <param name="Method">The protocol's own verb or message: <c>mining.subscribe</c>, <c>CONNECT</c>,
    /// <c>client-hello</c>.</param>
    /// <param name="Name">The name it carries: SNI, Host, banner, user agent; cut to a bound.</param>
    /// <param name="Traits">Further marks from <see cref="ProtocolTraits"/>.</param>
    public sealed record ProtocolSeen(
        FlowId Flow, string Protocol, FlowDirection Direction, string? Method, string? Name,
        ImmutableArray<string> Traits) : Fact;

    /// <param name="BytesOffered">What the client sent to us.</param>
    /// <param name="BytesUpstream">What left: 0 for anything denied.</param>
    /// <param name="BytesBack">What came back to the client from upstream.</param>
    /// <param name="Allowed">False: sinkholed, or ended at something that no rule allows.</param>
    /// <param name="Reason">The rule that allowed it, or why it was denied or cut, as a sentence.</param>
    public sealed record FlowClosed(
        FlowId Flow, Endpoint Source, Endpoint Destination, Transport Transport, string? Name, string? Protocol,
        long BytesOffered, long BytesUpstream, long BytesBack, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt,
        bool Allowed, string Reason) : Fact;

    /// <summary>A packet that no flow was made of: UDP, ICMP, IPv6, an unknown source …</summary>
    /// <param name="Opening">What its payload opens, where a parser can name it.</param>
    public sealed record PacketRefused(
        Endpoint Source, Endpoint Destination, Transport Transport, string Reason,
        DatagramOpening? Opening = null) : Fact;

    /// <summary>How a flow looks behind a translator of addresses: what a sensor further out has of it.</summary>
    public sealed record FlowTranslated(FlowId Flow, Endpoint Source, Endpoint Destination) : Fact;

    /// <summary>What another tool's rule said. Its word, not ours: no finding follows from it alone.</summary>
    /// <param name="Tool">suricata, falco, alibaba-cloud-firewall …</param>
    /// <param name="Class">The tool's own kind of alert, for example <c>Mining Behavior</c>.</param>
    /// <param name="Severity">In the tool's own words.</param>
    public sealed record AlertSeen(
        string Tool, string Rule, string? Class, string? Severity, Endpoint? Source, Endpoint? Destination) : Fact;

    /// <param name="Networks">Addresses that it allows by themselves, not by a name: <c>203.0.113.9/32</c>.</param>
    public sealed record PolicyInstalled(string PolicyHash, ImmutableArray<string>? Networks = null) : Fact;

    /// <param name="BytesUpstream">Must be 0.</param>
    /// <param name="Logged">Our own log showed the refusal under the sandbox's id.</param>
    public sealed record CanaryProbed(string Name, long BytesUpstream, bool Logged) : Fact;
}

/// <summary>What a parser read in a datagram that nobody answers; its parts as of <see cref="Fact.ProtocolSeen"/>.
/// </summary>
/// <param name="Name">The name it asks for: SNI, or DNS's question.</param>
public sealed record DatagramOpening(string Protocol, string? Method, string? Name, ImmutableArray<string> Traits);
