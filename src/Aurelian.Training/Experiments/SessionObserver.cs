using Aurelian.Episodes;
using Aurelian.Events;

namespace Aurelian.Training.Experiments;

/// <summary>Of a session's many episodes a person at a training run wants only what broke.</summary>
internal sealed class SessionObserver(Action<string> say) : IRunObserver
{
    public void Preparing(string what)
    {
    }

    public void Warned(string what) => say($"warning: {what}");

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
