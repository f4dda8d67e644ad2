using System.Net;

namespace Aurelian.Sandbox;

/// <summary>
/// A ready network namespace for one sandbox: a veth whose host end lies in the gateway namespace. Recycled, never
/// deleted while the run lasts (deleting a veth costs 20 ms).
/// </summary>
/// <param name="Index">From 0; names and addresses derive from it.</param>
/// <param name="GatewayInterface">The host end's name, inside the gateway namespace.</param>
/// <param name="Address">The sandbox's own address (100.64.0.0/10), the only source it may use.</param>
/// <param name="Nameserver">Our resolver, the same address in every sandbox.</param>
public sealed record NetworkSlot(
    int Index, NetworkNamespace Namespace, string GatewayInterface, IPAddress Address, IPAddress Gateway,
    IPAddress Nameserver);
