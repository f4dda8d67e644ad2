using System.Globalization;

namespace Aurelian.Readers;

/// <summary>
/// Joins spans into calls: each <c>execute_tool</c> with the <c>invoke_agent</c> above it. A span is written when it
/// ends, so that the agent's own comes after its calls: the join waits for the end.
/// </summary>
/// <remarks>
/// The agent is found by the chain of parents, else by the conversation that both name, else as the only one of the
/// trace. What none is found for is an episode of its own: its conversation or its trace.
/// </remarks>
internal sealed class SpanCalls(List<string> notes)
{
    private const int DepthMax = 16;
    private const string Invocation = "invoke_agent";

    private readonly StringPool _pool = new();
    private readonly List<(CallRecord Call, string Trace, string Span, string? Parent, string? Conversation)> _calls =
        [];

    private readonly Dictionary<(string Trace, string Span), Agent> _agents = [];
    private readonly Dictionary<(string Trace, string Span), string> _parents = [];
    private readonly Dictionary<string, (string? Conversation, string? Model)> _chats = [];
    private long _endedBefore, _firstEndedBefore;

    internal void Add(GenAiSpan span)
    {
        if (span.EndedBefore)
        {
            _endedBefore++;
            _firstEndedBefore = _firstEndedBefore == 0 ? span.Line : _firstEndedBefore;
        }

        string trace = _pool.Get(span.TraceId);
        switch (span.Operation)
        {
            case "execute_tool":
                _calls.Add((new CallRecord
                {
                    Line = span.Line > 0 ? span.Line : _calls.Count + 1,
                    Id = span.CallId ?? "",
                    Episode = "",
                    Task = Pooled(span.Task),
                    Tool = Pooled(span.Tool ?? ToolOf(span.Name)),
                    Command = Pooled(span.Command),
                    Model = Pooled(span.Model),
                    Step = span.Step,
                    StartNs = span.StartNs,
                    EndNs = span.EndNs,
                    HostIp = Pooled(span.HostIp),
                    Container = Pooled(span.Container),
                }, trace, span.SpanId, Pooled(span.ParentSpanId), Pooled(span.Conversation)));
                break;
            default:
                if (span.ParentSpanId is not null)
                {
                    _parents[(trace, span.SpanId)] = Pooled(span.ParentSpanId)!;
                }

                if (span.Operation == Invocation || span.Operation.StartsWith("rl.", StringComparison.Ordinal))
                {
                    _agents[(trace, span.SpanId)] = new Agent(span);
                }

                if (span.Operation == "chat" && (span.Model ?? span.Conversation) is not null)
                {
                    _chats.TryAdd(trace, (Pooled(span.Conversation), Pooled(span.Model)));
                }

                break;
        }
    }

    internal List<CallRecord> Finish(out int duplicates)
    {
        Dictionary<string, Agent?> byTrace = [], byConversation = [];
        foreach (((string trace, string span), Agent agent) in _agents.Where(each => each.Value.Invokes))
        {
            Inherit(agent, trace, span);
            byTrace[trace] = byTrace.ContainsKey(trace) ? null : agent;
            if (agent.Conversation is { } conversation)
            {
                byConversation[conversation] = agent;
            }
        }

        HashSet<(string, string)> seen = new(_calls.Count);
        HashSet<string> ids = new(_calls.Count), twice = [];
        List<CallRecord> calls = new(_calls.Count);
        List<int> kept = new(_calls.Count);
        duplicates = 0;
        for (int index = 0; index < _calls.Count; index++)
        {
            var (call, trace, span, parent, conversation) = _calls[index];
            if (!seen.Add((trace, span)))
            {
                duplicates++;
                continue;
            }

            Agent? agent = Above(trace, parent)
                ?? (conversation is not null ? byConversation.GetValueOrDefault(conversation) : null)
                ?? byTrace.GetValueOrDefault(trace);
            Complete(call, trace, conversation, agent);
            if (call.Id.Length > 0 && !ids.Add(call.Id))
            {
                twice.Add(call.Id);
            }

            calls.Add(call);
            kept.Add(index);
        }

        for (int index = 0; index < calls.Count; index++)
        {
            if (calls[index].Id.Length == 0 || twice.Contains(calls[index].Id))
            {
                calls[index].Id = $"{_calls[kept[index]].Trace}:{_calls[kept[index]].Span}";
            }
        }

        if (_endedBefore > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"line {_firstEndedBefore}: {_endedBefore} spans end before they start: the clock was set back, or "
                + $"the end is absent; they are taken to end when they start"));
        }

        return calls;
    }

    private void Complete(CallRecord call, string trace, string? conversation, Agent? agent)
    {
        _chats.TryGetValue(trace, out (string? Conversation, string? Model) chat);
        call.Episode = agent?.Conversation ?? conversation ?? chat.Conversation ?? agent?.TraceId ?? trace;
        call.Task ??= agent?.Task;
        // A checkpoint is the episode's.
        call.Model = agent?.Model ?? call.Model ?? chat.Model;
        call.Step ??= agent?.Step;
        call.HostIp ??= agent?.HostIp;
        call.Container ??= agent?.Container;
        (call.EpisodeStartNs, call.EpisodeEndNs) = (agent?.StartNs ?? call.StartNs, agent?.EndNs ?? call.EndNs);
    }

    private Agent? Above(string trace, string? parent)
    {
        for (int depth = 0; parent is not null && depth < DepthMax; depth++)
        {
            if (_agents.TryGetValue((trace, parent), out Agent? agent) && agent.Invokes)
            {
                return agent;
            }

            parent = _parents.GetValueOrDefault((trace, parent));
        }

        return null;
    }

    /// <summary>The task and the step may stand on the spans of the training loop above.</summary>
    private void Inherit(Agent agent, string trace, string span)
    {
        string? parent = _parents.GetValueOrDefault((trace, span));
        for (int depth = 0; parent is not null && depth < DepthMax; depth++)
        {
            if (_agents.TryGetValue((trace, parent), out Agent? above))
            {
                (agent.Task, agent.Model, agent.Step) =
                    (agent.Task ?? above.Task, agent.Model ?? above.Model, agent.Step ?? above.Step);
            }

            parent = _parents.GetValueOrDefault((trace, parent));
        }
    }

    private string? Pooled(string? text) => text is null ? null : _pool.Get(text);

    /// <summary><c>execute_tool NAME</c>.</summary>
    private static string? ToolOf(string name) => name.Split(' ', 2) is [_, { Length: > 0 } tool] ? tool : null;

    private sealed class Agent(GenAiSpan span)
    {
        internal bool Invokes { get; } = span.Operation == Invocation;

        internal string TraceId { get; } = span.TraceId;

        internal string? Conversation { get; } = span.Conversation;

        internal string? Task { get; set; } = span.Task;

        internal string? Model { get; set; } = span.Model;

        internal long? Step { get; set; } = span.Step;

        internal string? HostIp { get; } = span.HostIp;

        internal string? Container { get; } = span.Container;

        internal long StartNs { get; } = span.StartNs;

        internal long EndNs { get; } = span.EndNs;
    }
}
