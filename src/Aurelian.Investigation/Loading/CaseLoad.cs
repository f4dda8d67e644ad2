using Aurelian.Events;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Loading;

/// <summary>What became of loading a case: it is there, or refused with the remedy.</summary>
public abstract record CaseLoad
{
    private CaseLoad()
    {
    }

    /// <param name="HostFindings">What the detectors found in the host's own logs.</param>
    public sealed record Loaded(InvestigationCase Case, IReadOnlyList<Finding> HostFindings) : CaseLoad;

    /// <param name="Code">zone-missing, times-missing, format-unknown, file-missing, no-calls, no-overlap.</param>
    /// <param name="Line">Where in the file; null where no line is to blame.</param>
    /// <param name="SuggestedZone">Of <c>zone-missing</c>: for example <c>+08:00</c>; null if the data suggest
    /// none.</param>
    public sealed record Refused(
        string Code, string? File, long? Line, string Message, string Remedy, string? SuggestedZone = null) : CaseLoad;
}
