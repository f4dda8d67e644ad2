namespace Aurelian.Events;

/// <summary>
/// Whom an event is about. Null means not known or not applicable: an event of a run as a whole has only the run, a
/// packet that no process could be found for has a sandbox and no pid.
/// </summary>
/// <param name="Call">The call in whose cgroup the acting process was born, not the one that happens to run
/// now.</param>
/// <param name="Pid">The acting process as seen from the host.</param>
public readonly record struct Subject(
    RunId? Run = null,
    int? Step = null,
    EpisodeId? Episode = null,
    ToolCallId? Call = null,
    SandboxId? Sandbox = null,
    int? Pid = null);
