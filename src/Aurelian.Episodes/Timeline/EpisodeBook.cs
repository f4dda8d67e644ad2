using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>What an episode did to the world, in numbers: for whoever trains on it.</summary>
/// <param name="CpuSeconds">Of its tool calls, grading left out.</param>
/// <param name="Denied">Connections that no rule allowed.</param>
public sealed record EpisodeCounts(int Calls, double CpuSeconds, int Denied);

/// <summary>Adds up episodes' counts and upstream connections; forgets an episode that is taken.</summary>
internal sealed class EpisodeBook : IEventReader
{
    private readonly Dictionary<EpisodeId, (EpisodeCounts Counts, List<Endpoint> Upstream)> _open = [];
    private readonly Lock _lock = new();

    public void Read(Event occurred, ICollection<Observation> consequences)
    {
        if (occurred.Subject.Episode is not { } episode || occurred.Fact is not (
            Fact.ToolCallEnded or Fact.FlowClosed { Allowed: false } or Fact.FlowTranslated))
        {
            return;
        }

        lock (_lock)
        {
            (EpisodeCounts counts, List<Endpoint> upstream) = _open.GetValueOrDefault(episode, (new(0, 0, 0), []));
            switch (occurred.Fact)
            {
                case Fact.ToolCallEnded ended when occurred.Subject.Call?.Number is not null:
                    counts = counts with { Calls = counts.Calls + 1, CpuSeconds = counts.CpuSeconds
                        + (ended.CpuSeconds ?? 0) };
                    break;
                case Fact.FlowClosed:
                    counts = counts with { Denied = counts.Denied + 1 };
                    break;
                case Fact.FlowTranslated translated:
                    upstream.Add(translated.Source);
                    break;
            }

            _open[episode] = (counts, upstream);
        }
    }

    internal (EpisodeCounts Counts, IReadOnlyList<Endpoint> Upstream) Take(EpisodeId episode)
    {
        lock (_lock)
        {
            return _open.Remove(episode, out (EpisodeCounts Counts, List<Endpoint> Upstream) found)
                ? (found.Counts, found.Upstream)
                : (new EpisodeCounts(0, 0, 0), []);
        }
    }
}
