using Aurelian.Events;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Explaining;

/// <summary>A case with its answer, and what people are shown of both.</summary>
/// <param name="HostFindings">What the detectors found in the host's own logs.</param>
public sealed record SolvedCase(
    InvestigationCase Case, InvestigationAnswer Answer, SuspectList Suspects, IReadOnlyList<Finding> HostFindings)
{
    /// <summary>Commands are shown as they are.</summary>
    public bool ShowSecrets { get; init; }

    /// <summary>A command as it may be shown.</summary>
    public string Shown(string? command) => ShowSecrets ? command ?? "" : Redaction.Apply(command);
}
