using System.Collections.Concurrent;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Response;

namespace Aurelian.Episodes;

/// <summary>
/// Contains a sandbox at its first finding of high severity; each step's receipt is an event of its own.
/// </summary>
internal sealed class ContainmentDesk(string folder, TimeProvider time, bool contains = true) : IEventReader
{
    private readonly ConcurrentDictionary<SandboxId, LiveSandbox> _live = new();

    internal Gateway? Gateway { get; set; }

    internal IObservationSink? Sink { get; set; }

    internal ICollection<LiveSandbox> Live => _live.Values;

    internal void Add(LiveSandbox live) => _live[live.Sandbox.Id] = live;

    internal void Remove(LiveSandbox live) => _live.TryRemove(live.Sandbox.Id, out _);

    public void Read(Event occurred, ICollection<Observation> consequences)
    {
        if (contains && occurred.Fact is Fact.Found { Finding.Severity: >= Severity.High }
            && occurred.Subject.Sandbox is { } sandbox
            && _live.TryGetValue(sandbox, out LiveSandbox? live))
        {
            live.Contain(ContainAsync);
        }
    }

    private Task ContainAsync(LiveSandbox live) => Response.Containment.RunAsync(
        new SandboxActuator(Gateway!, live.Sandbox, folder),
        receipt => Sink!.TryPost(SourceNames.Agent, new Observation(receipt.AtNs, live.Subject, new Fact.Contained(
            receipt))),
        time);
}
