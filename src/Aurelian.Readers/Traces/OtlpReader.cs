using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>OTLP traces of any size, JSON or protobuf, as GenAI spans and as the facts they stand for.</summary>
internal abstract class OtlpReader : EventReader
{
    /// <summary>A span is written when it ends, the agent's own last of all.</summary>
    public sealed override TimeSpan Lateness => TimeSpan.FromDays(1);

    public sealed override IEnumerable<Reading> Read(
        Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        SpanFacts facts = new(report);
        List<Reading> readings = [];
        foreach (GenAiSpan span in ReadSpans(input, report))
        {
            cancellationToken.ThrowIfCancellationRequested();
            facts.Tell(span, report.Records, readings);
            for (int index = 0; index < readings.Count; index++)
            {
                yield return readings[index];
            }

            readings.Clear();
        }
    }

    /// <summary>Spans in the file's order; a record is a span. One is the caller's until it asks for the next.
    /// </summary>
    internal abstract IEnumerable<GenAiSpan> ReadSpans(Stream input, ReadReport report);

    /// <summary>Counts the span; false when it is none.</summary>
    internal static bool Check(GenAiSpan span, ReadReport report)
    {
        if (span.StartNs <= 0 || !span.HasId)
        {
            report.Reject(span.Line > 0 ? "the span at line" : "span",
                span.Line > 0 ? span.Line : report.Records + report.Unreadable + 1, !span.HasId
                    ? "without a span id" : "without a start (startTimeUnixNano)");
            return false;
        }

        span.EndedBefore = span.EndNs < span.StartNs;
        span.EndNs = Math.Max(span.StartNs, span.EndNs);
        report.Timed = true;
        report.Accept();
        return true;
    }
}

/// <summary>What a span says, as facts.</summary>
internal sealed class SpanFacts(ReadReport report)
{
    private const int EpisodesMax = 65_536;

    private readonly Dictionary<string, int> _calls = [];

    internal void Tell(GenAiSpan span, long record, List<Reading> readings)
    {
        string episode = span.Conversation ?? span.TraceId;
        Subject subject = new(
            span.Run is { } run ? new RunId(run) : null, span.Step, new EpisodeId(episode),
            Sandbox: span.Container is { } container ? new SandboxId(container) : null);
        void Add(long ns, Subject whom, Fact fact) => readings.Add(new Reading(record, new Observation(
            ns, whom, fact)));
        switch (span.Operation)
        {
            case "invoke_agent" or "rl.sample":
                Add(span.StartNs, subject, new Fact.EpisodeStarted(span.Task, span.Agent ?? span.Name, ""));
                Add(span.EndNs, subject, new Fact.EpisodeEnded(span.Failed ? "failed" : "ended", span.Reward));
                break;
            case "execute_tool":
                Subject call = subject with
                {
                    Call = new ToolCallId(span.CallId ?? $"{span.TraceId}:{span.SpanId}"),
                };
                Add(span.StartNs, call, new Fact.ToolCallStarted(
                    Number(episode), span.Tool ?? "tool", span.Command ?? ""));
                Add(span.EndNs, call, new Fact.ToolCallEnded(span.ExitCode, false, false, 0, false, null));
                break;
            case "chat":
                Add(span.StartNs, subject, new Fact.AgentStepped(0, span.Model ?? ""));
                break;
        }
    }

    /// <summary>From 1, in the file's order.</summary>
    private int Number(string episode)
    {
        if (_calls.Count >= EpisodesMax)
        {
            report.Evicted += _calls.Count;
            _calls.Clear();
        }

        int number = _calls.GetValueOrDefault(episode) + 1;
        _calls[episode] = number;
        return number;
    }
}
