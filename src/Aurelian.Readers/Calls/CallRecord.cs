namespace Aurelian.Readers;

/// <summary>One tool call of a trace, with what is known of its episode. Stamps are nanoseconds since 1970.</summary>
public sealed class CallRecord
{
    /// <summary>The line in its file, from 1; of a binary format the record's number.</summary>
    public required long Line { get; init; }

    /// <summary>The call's id, unique in the file.</summary>
    public required string Id { get; set; }

    public required string Episode { get; set; }

    public string? Task { get; set; }

    public string? Tool { get; init; }

    /// <summary>What it ran; cut to a bound.</summary>
    public string? Command { get; init; }

    /// <summary>The policy's checkpoint that asked for it.</summary>
    public string? Model { get; set; }

    public long? Step { get; set; }

    public required long StartNs { get; set; }

    public required long EndNs { get; set; }

    public long EpisodeStartNs { get; set; }

    public long EpisodeEndNs { get; set; }

    /// <summary>The sandbox's address.</summary>
    public string? HostIp { get; set; }

    /// <summary>The sandbox's container.</summary>
    public string? Container { get; set; }

    /// <summary>No times of its own: start and end are the episode's.</summary>
    public bool WholeEpisode { get; init; }
}

/// <summary>The calls of one trace file.</summary>
/// <param name="Calls">In the file's order, each once.</param>
/// <param name="Duplicates">Calls that the file repeats, left out of <paramref name="Calls"/>.</param>
/// <param name="Notes">What a person should know of them: clocks that jump, calls outside their episode …</param>
public sealed record CallList(IReadOnlyList<CallRecord> Calls, int Duplicates, IReadOnlyList<string> Notes);
