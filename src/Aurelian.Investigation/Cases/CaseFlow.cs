namespace Aurelian.Investigation.Cases;

/// <summary>One connection as a host or gateway recorded it (conntrack, NAT log, our own gateway, auditd), on the
/// traces' clock.</summary>
public sealed record CaseFlow
{
    /// <summary>When it was opened, Unix seconds.</summary>
    public required double Time { get; init; }

    /// <summary>When it was closed, Unix seconds; null if the log does not say.</summary>
    public double? End { get; init; }

    /// <summary>The tuple before translation: the sandbox's side.</summary>
    public string? SourceAddress { get; init; }

    public int? SourcePort { get; init; }

    public required string DestinationAddress { get; init; }

    public int? DestinationPort { get; init; }

    /// <summary>The source after translation, as a firewall outside sees it; null if not translated.</summary>
    public string? TranslatedAddress { get; init; }

    public int? TranslatedPort { get; init; }

    /// <summary>The episode, where the record names it (our own gateway).</summary>
    public string? Episode { get; init; }

    /// <summary>The tool call, where the record names it (our own gateway).</summary>
    public string? ToolCall { get; init; }
}
