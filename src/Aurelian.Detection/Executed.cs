using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The command lines that an event says were run.</summary>
internal static class Executed
{
    /// <summary>
    /// A process's own; where no sensor saw processes, as in an agent's trajectory, those in the text of its call.
    /// </summary>
    internal static IReadOnlyList<ImmutableArray<string>> Read(Event occurred) => occurred.Fact switch
    {
        Fact.ProcessExecuted { Arguments.Length: > 0 } executed => [executed.Arguments],
        Fact.ToolCallStarted started when occurred.Subject.Run is null => Commands.Read(started.Command),
        _ => [],
    };
}
