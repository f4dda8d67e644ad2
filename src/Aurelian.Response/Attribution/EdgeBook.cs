using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// Known edges between calls: which one gave another what it acted by. Each sandbox has a book and a bound of its own.
/// </summary>
/// <remarks>
/// Covers: a file that one call wrote and another executed, handed to an interpreter or read; descriptors passed; a
/// process woken, signalled or spoken to through a local socket; a connection to a listener on loopback; shared memory
/// opened by both; variables left in the shell's environment. Does not cover: what is only polled for (a file's mere
/// presence, memory that was shared without a name), and words that an agent carries over in its own context.
/// </remarks>
internal sealed class EdgeBook(ProcessTable processes)
{
    private readonly Dictionary<SandboxId, SandboxEdges> _sandboxes = [];

    internal void Observe(Event occurred)
    {
        if (occurred.Fact is Fact.VerdictGiven given)
        {
            foreach (SandboxEdges judged in _sandboxes.Values.Where(each => each.Episode == given.Verdict.Episode))
            {
                judged.Close();
            }
        }

        if (occurred.Subject is not { Sandbox: { } sandbox, Call: { } call })
        {
            return;
        }

        if (!_sandboxes.TryGetValue(sandbox, out SandboxEdges? book))
        {
            _sandboxes[sandbox] = book = new SandboxEdges(processes, call.Episode);
        }

        book.Observe(occurred, call);
    }

    internal IReadOnlyList<AttributionEdge> Of(SandboxId? sandbox, ToolCallId? call) =>
        call is { } id && sandbox is { } known && _sandboxes.TryGetValue(known, out SandboxEdges? book)
            ? book.Of(id)
            : [];
}
