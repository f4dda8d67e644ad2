using Aurelian.Investigation.Answer;

namespace Aurelian.Investigation.Causes;

/// <summary>Something that may have caused alerts: all calls with one value of one kind.</summary>
/// <param name="Calls">Indexes into the frame's calls, rising.</param>
internal sealed record Cause(CauseKind Kind, string Value, int[] Calls);
