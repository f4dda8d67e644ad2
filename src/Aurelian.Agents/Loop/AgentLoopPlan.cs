using Aurelian.Events;

namespace Aurelian.Agents;

/// <summary>
/// What an agent's loop is given. Every limit has a default; all of them end the episode, none breaks it.
/// </summary>
public sealed record AgentLoopPlan
{
    public required EpisodeId Episode { get; init; }

    /// <summary>Of the loop's own events: run, step, episode and sandbox.</summary>
    public required Subject Subject { get; init; }

    public required string Instruction { get; init; }

    public required TimeSpan Timeout { get; init; }

    public int TurnsMax { get; init; } = 100;

    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Characters of conversation; what a model's context would hold.</summary>
    public int ContextCharactersMax { get; init; } = 400_000;

    /// <summary>Tokens that the policy may spend, where it counts them.</summary>
    public long TokensMax { get; init; } = 2_000_000;

    /// <summary>Told before each call's first process exists. May be null.</summary>
    public Action<ToolCallId, string>? OnCall { get; init; }

    /// <summary>
    /// Awaited when a tool of ours wrote into the sandbox, before the next call begins: sensors see then whose it is.
    /// May be null.
    /// </summary>
    public Func<CancellationToken, ValueTask>? OnEdited { get; init; }
}

public static class StopReasons
{
    public const string Submitted = "submitted", Ended = "policy-ended", Turns = "turns", Time = "time",
        Context = "context", Contained = "contained", Failed = "failed", Tokens = "tokens";
}

/// <param name="StopReason">One of <see cref="StopReasons"/>.</param>
public sealed record EpisodeTranscript(string StopReason, IReadOnlyList<AgentMessage> Conversation, int Calls);
