using System.Text.Json.Serialization;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// What <c>run</c> and <c>quickstart</c> print as JSON: <c>aurelian.run/1</c>. Rebuilt from the timeline alone.
/// </summary>
public sealed record RunSummary
{
    public string Schema { get; init; } = "aurelian.run/1";

    public required string Run { get; init; }

    public string? Folder { get; init; }

    public RunEnding Ending { get; init; }

    public required IReadOnlyList<EpisodeSummary> Episodes { get; init; }

    public required IReadOnlyList<Incident> Incidents { get; init; }

    /// <summary>By source name.</summary>
    public required IReadOnlyDictionary<string, CoverageSummary> Coverage { get; init; }

    /// <summary>Of a training run: quantities of a step that left their recent past; the first of them.</summary>
    public IReadOnlyList<DriftSummary> Drift { get; init; } = [];
}

/// <param name="Text">For people.</param>
public sealed record DriftSummary(int Step, string Quantity, double Value, double Mean, double Deviations, string Text);

[JsonConverter(typeof(JsonStringEnumConverter<RunEnding>))]
public enum RunEnding
{
    /// <summary>Every episode came to its verdict.</summary>
    [JsonStringEnumMemberName("whole")] Whole,
    /// <summary>Interrupted, or something broke, and there was time to say so.</summary>
    [JsonStringEnumMemberName("broken-off")] BrokenOff,
    /// <summary>The timeline just stops: the run was killed, or it is still going on.</summary>
    [JsonStringEnumMemberName("missing")] Missing,
}

public sealed record EpisodeSummary(
    string Id, string? Task, string Agent, VerdictSummary Verdict, double? Reward, string? StopReason,
    IReadOnlyList<ToolCallSummary> ToolCalls, IReadOnlyList<DeniedSummary> Denied);

public sealed record VerdictSummary(
    VerdictState State, bool Final, CoverageState Coverage, IReadOnlyList<string> Findings, string PolicyHash);

/// <param name="LeftRunning">Processes alive when the episode ended.</param>
/// <param name="LeftProcesses">The first of them by name.</param>
public sealed record ToolCallSummary(
    string Id, int? Number, string Command, int? ExitCode, bool Killed, double? CpuSeconds, int DeniedAttempts,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int LeftRunning, IReadOnlyList<ProcessSummary> LeftProcesses);

/// <summary>Somewhere the episode was not let: what a policy would have to name.</summary>
/// <param name="ToolCall">The call that tried first.</param>
public sealed record DeniedSummary(
    string? Name, string Destination, int? Port, Transport Transport, string? Protocol, int Attempts, string ToolCall,
    string Reason);

public sealed record CoverageSummary(SourceState State, string How, long Received, long Processed, long Dropped,
    long Late);

/// <summary>One cause, with who did it and what was done about it.</summary>
public sealed record Incident
{
    public required string Id { get; init; }

    public required Category Category { get; init; }

    public required string Rule { get; init; }

    public required Severity Severity { get; init; }

    public required string Explanation { get; init; }

    public required string Episode { get; init; }

    /// <summary>The call the process was born in.</summary>
    public required string? ToolCall { get; init; }

    public required Attribution Attribution { get; init; }

    public required ProcessSummary? Process { get; init; }

    public required FlowSummary? Flow { get; init; }

    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>From the event that completed the rule to the gate closed and the cgroup frozen.</summary>
    public required double? ContainedAfterMs { get; init; }

    /// <summary>From the flow's first packet to the gate closed.</summary>
    public required double? ExposureMs { get; init; }

    public required IReadOnlyList<ActionSummary> Actions { get; init; }

    public required IReadOnlyList<EvidenceSummary> Evidence { get; init; }

    public string? Technique { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<Certainty>))]
public enum Certainty
{
    [JsonStringEnumMemberName("exact")] Exact,
    [JsonStringEnumMemberName("approximate")] Approximate,
    [JsonStringEnumMemberName("unknown")] Unknown,
}

/// <param name="Born">The call whose process tree acted.</param>
/// <param name="ActiveAtTime">The call running then.</param>
public sealed record Attribution(
    Certainty Certainty, string? Born, string? ActiveAtTime, IReadOnlyList<AttributionEdge> Edges);

/// <summary>What one call did that another used: wrote the file it executed, passed it a descriptor.</summary>
public sealed record AttributionEdge(string From, string To, string Kind);

/// <param name="Pid">As seen from the host.</param>
public sealed record ProcessSummary(int Pid, string? Exe, string? CommandLine);

public sealed record FlowSummary(
    string Destination, int? Port, Transport Transport, string? Protocol, string? Name, long BytesOffered,
    long BytesUpstream, long BytesBack);

public sealed record ActionSummary(ContainmentAction Action, DateTimeOffset At, bool Ok, string Detail);

public sealed record EvidenceSummary(long Seq, string Text);
