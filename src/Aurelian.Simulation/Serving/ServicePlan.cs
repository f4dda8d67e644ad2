using System.Net;

namespace Aurelian.Simulation;

/// <summary>One listening place of the simulated internet and what it says.</summary>
internal sealed record ServicePlan(
    string Name, IPAddress Address, int Port, Func<ServiceConnection, CancellationToken, Task> Serve);
