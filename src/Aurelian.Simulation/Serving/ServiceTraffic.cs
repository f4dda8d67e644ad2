using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>What reached a service so far: the far side's own count, which no firewall of ours had a hand in.</summary>
/// <param name="Accepted">Connections served.</param>
/// <param name="Refused">Connections reset because too many were alive.</param>
/// <param name="BytesReceived">Bytes that clients sent and the service read.</param>
public sealed record ServiceTraffic(string Service, Endpoint Endpoint, long Accepted, long Refused, long BytesReceived);
