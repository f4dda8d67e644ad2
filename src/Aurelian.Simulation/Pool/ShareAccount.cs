using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>What one worker delivered over one connection.</summary>
/// <param name="Worker">The name it gave itself: a wallet, a wallet with a suffix, anything.</param>
/// <param name="Client">The connection's far end, the same as the local end of the upstream socket it came by.</param>
public sealed record ShareAccount(
    string Worker, Endpoint Client, long Accepted, long Rejected, DateTimeOffset FirstAt, DateTimeOffset LastAt);
