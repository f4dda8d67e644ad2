using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>A trace format that knows more of its calls than facts hold: it tells calls, and facts of them.</summary>
internal abstract class CallReader : EventReader
{
    /// <summary>A file's calls stand by episode; episodes run side by side.</summary>
    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    public sealed override IEnumerable<Reading> Read(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        Dictionary<string, int> numbers = [];
        foreach (CallRecord call in ReadCalls(input, report, cancellationToken))
        {
            int number = numbers[call.Episode] = numbers.GetValueOrDefault(call.Episode) + 1;
            Subject subject = new(
                Step: (int?)call.Step, Episode: new EpisodeId(call.Episode), Call: new ToolCallId(call.Id),
                Sandbox: call.Container is { } container ? new SandboxId(container) : null);
            if (number == 1)
            {
                yield return new Reading(call.Line, new Observation(
                    Math.Min(call.EpisodeStartNs, call.StartNs), subject with { Call = null },
                    new Fact.EpisodeStarted(call.Task, call.Model ?? Kind, "")));
            }

            yield return new Reading(call.Line, new Observation(
                call.StartNs, subject, new Fact.ToolCallStarted(number, call.Tool ?? "tool", call.Command ?? "")));
            yield return new Reading(call.Line, new Observation(
                call.EndNs, subject, new Fact.ToolCallEnded(null, false, false, 0, false, null)));
        }
    }

    /// <summary>In the file's order; a call may stand twice.</summary>
    internal abstract IEnumerable<CallRecord> ReadCalls(
        Stream input, ReadReport report, CancellationToken cancellationToken);
}
