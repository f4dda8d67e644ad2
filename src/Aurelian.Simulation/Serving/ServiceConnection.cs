using Aurelian.Events;

namespace Aurelian.Simulation;

/// <param name="Stream">Bounded: it ends when the client has sent all it may.</param>
/// <param name="Client">The client's end as the service sees it.</param>
internal sealed record ServiceConnection(Stream Stream, Endpoint Client);
