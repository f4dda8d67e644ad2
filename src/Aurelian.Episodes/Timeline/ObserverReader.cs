using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>Tells whoever watches what a person wants to know while it happens.</summary>
internal sealed class ObserverReader(IRunObserver observer) : IEventReader
{
    public void Read(Event occurred, ICollection<Observation> consequences)
    {
        if (occurred.Subject.Episode is not { } episode)
        {
            return;
        }

        try
        {
            Tell(episode, occurred);
        }
        catch (IOException)
        {
            // Whoever watched is gone, or his disk is full: the run is not about him.
        }
    }

    private void Tell(EpisodeId episode, Event occurred)
    {
        switch (occurred.Fact)
        {
            case Fact.EpisodeStarted started:
                observer.EpisodeStarted(episode, started.Task ?? "command", started.Agent);
                break;
            case Fact.ToolCallStarted started:
                observer.CallStarted(episode, started.Number, started.Command);
                break;
            case Fact.Found { Finding.Severity: >= Severity.Medium } found:
                observer.IncidentFound(episode, found.Finding);
                break;
        }
    }
}
