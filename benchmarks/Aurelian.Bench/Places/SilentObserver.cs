using Aurelian.Episodes;
using Aurelian.Events;

namespace Aurelian.Bench;

internal sealed class SilentObserver : IRunObserver
{
    public void Preparing(string what)
    {
    }

    public void EpisodeStarted(EpisodeId episode, string name, string agent)
    {
    }

    public void CallStarted(EpisodeId episode, int? number, string command)
    {
    }

    public void IncidentFound(EpisodeId episode, Finding finding)
    {
    }

    public void EpisodeEnded(EpisodeId episode, Verdict verdict, double? reward)
    {
    }

    public void OutputCame(bool isError, ReadOnlyMemory<byte> bytes)
    {
    }
}
