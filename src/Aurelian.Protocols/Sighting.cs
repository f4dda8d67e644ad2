using System.Collections.Immutable;

namespace Aurelian.Protocols;

/// <summary>What was read in a stream's first bytes, in the words of <c>Fact.ProtocolSeen</c>.</summary>
/// <param name="FromClient">Said by the side that opened the connection.</param>
/// <param name="Method">The protocol's own verb or message.</param>
/// <param name="Name">The name it carries, cut to a bound.</param>
public sealed record Sighting(
    string Protocol, bool FromClient, string? Method, string? Name, ImmutableArray<string> Traits);
