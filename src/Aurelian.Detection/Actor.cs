using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Whose doing an event is: the sandbox's in a run; in other tools' files, which know none, the source address's.
/// </summary>
internal readonly record struct Actor(SandboxId? Sandbox, IPAddress? Address)
{
    /// <summary>
    /// A run's own event without a call was not done by an agent: canaries, for one. A file of another tool knows no
    /// calls.
    /// </summary>
    internal static bool Acted(in Subject subject) =>
        subject.Run is null || subject.Call is not null;

    /// <summary>False when nobody can be named.</summary>
    internal static bool TryRead(in Subject subject, IPAddress? source, out Actor actor)
    {
        actor = subject.Sandbox is { } sandbox ? new Actor(sandbox, null) : new Actor(null, source);
        return Acted(subject) && actor != default;
    }
}
