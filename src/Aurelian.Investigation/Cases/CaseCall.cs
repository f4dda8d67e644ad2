namespace Aurelian.Investigation.Cases;

/// <summary>One tool call of a trace. Times are Unix seconds on the traces' clock.</summary>
public sealed record CaseCall
{
    public required string Id { get; init; }

    public required string Episode { get; init; }

    public string? Task { get; init; }

    public string? Tool { get; init; }

    /// <summary>The command's text (the value of `command` in the arguments, or the arguments as written).</summary>
    public string? Command { get; init; }

    /// <summary>`gen_ai.request.model` of the episode.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>`rl.step`.</summary>
    public long? Step { get; init; }

    public required double Start { get; init; }

    public required double End { get; init; }

    /// <summary>When the episode's `invoke_agent` span began; the call's start if unknown.</summary>
    public required double SandboxStart { get; init; }

    /// <summary>When the sandbox was gone: the end of the episode's `invoke_agent` span; the call's end if
    /// unknown.</summary>
    public required double SandboxEnd { get; init; }

    /// <summary>The sandbox's address, the resource attribute `host.ip`.</summary>
    public string? HostAddress { get; init; }

    /// <summary>Without times of its own: start and end are the whole episode's.</summary>
    public bool WholeEpisode { get; init; }
}
