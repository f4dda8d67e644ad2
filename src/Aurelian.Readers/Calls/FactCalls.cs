using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>Calls out of the facts that a reader tells: our own runs and recorded sessions.</summary>
internal static class FactCalls
{
    internal static List<CallRecord> Of(IEnumerable<Reading> readings)
    {
        List<CallRecord> calls = [];
        Dictionary<string, (string? Task, string? Model, long StartNs, long EndNs)> episodes = [];
        Dictionary<(string Episode, string Call), CallRecord> open = [];
        foreach (Reading reading in readings)
        {
            Observation seen = reading.Observation;
            if (seen.Subject.Episode is not { } id)
            {
                continue;
            }

            string episode = id.Value;
            var known = episodes.TryGetValue(episode, out (string?, string?, long, long) found)
                ? found : (null, null, seen.MonotonicNs, seen.MonotonicNs);
            episodes[episode] = (known.Item1, known.Item2, known.Item3, Math.Max(known.Item4, seen.MonotonicNs));
            switch (seen.Fact)
            {
                case Fact.EpisodeStarted started:
                    episodes[episode] = (started.Task, started.Agent, seen.MonotonicNs,
                        Math.Max(known.Item4, seen.MonotonicNs));
                    break;
                case Fact.ToolCallStarted started when seen.Subject.Call is { } call:
                    CallRecord record = new()
                    {
                        Line = reading.Record, Id = call.Value, Episode = episode, Tool = started.Tool,
                        Command = started.Command, Step = seen.Subject.Step, StartNs = seen.MonotonicNs,
                        EndNs = seen.MonotonicNs, Container = seen.Subject.Sandbox?.Value,
                    };
                    calls.Add(record);
                    open[(episode, call.Value)] = record;
                    break;
                case Fact.ToolCallEnded when seen.Subject.Call is { } call
                    && open.Remove((episode, call.Value), out CallRecord? ended):
                    ended.EndNs = Math.Max(ended.StartNs, seen.MonotonicNs);
                    break;
            }
        }

        foreach (CallRecord call in calls)
        {
            (call.Task, call.Model, call.EpisodeStartNs, call.EpisodeEndNs) = episodes[call.Episode];
        }

        foreach (CallRecord never in open.Values)
        {
            never.EndNs = never.EpisodeEndNs;
        }

        return calls;
    }
}
