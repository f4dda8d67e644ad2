using Aurelian.Readers;

namespace Aurelian.Investigation.Loading;

/// <summary>The files of a case, as the user names them.</summary>
public sealed record CaseFiles
{
    public required IReadOnlyList<string> Firewall { get; init; }

    public required IReadOnlyList<string> Traces { get; init; }

    /// <summary>conntrack or NAT logs, our own runs, host sensors' connections; on the traces' clock.</summary>
    public IReadOnlyList<string> Flows { get; init; } = [];

    /// <summary>CPU and GPU samples, auditd, Falco, Tetragon; on the traces' clock.</summary>
    public IReadOnlyList<string> Telemetry { get; init; } = [];

    /// <summary>What local times without a zone are ahead of UTC; null refuses them.</summary>
    public TimeSpan? FirewallZone { get; init; }

    /// <summary>As <see cref="FirewallZone"/>, of the traces and what shares their clock.</summary>
    public TimeSpan? TracesZone { get; init; }

    public ColumnMap FirewallColumns { get; init; } = ColumnMap.Usual;

    public ColumnMap TraceColumns { get; init; } = ColumnMap.Usual;
}
