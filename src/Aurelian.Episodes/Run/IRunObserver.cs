using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>Someone who watches a run go on, for example a terminal. Called from several threads.</summary>
public interface IRunObserver
{
    /// <summary>What the run is doing before its first episode, as a short sentence.</summary>
    void Preparing(string what);

    /// <summary>Something of the run broke or was not done; a person should know now.</summary>
    void Warned(string what) => Preparing(what);

    /// <summary>The run went on, and something that it was asked for is missing or not whole.</summary>
    void ResultLost(string what) => Warned(what);

    void EpisodeStarted(EpisodeId episode, string name, string agent);

    /// <param name="number">Null: the grade.</param>
    void CallStarted(EpisodeId episode, int? number, string command);

    void IncidentFound(EpisodeId episode, Finding finding);

    void EpisodeEnded(EpisodeId episode, Verdict verdict, double? reward);

    /// <summary>A piece of a command's output, in command mode only.</summary>
    void OutputCame(bool isError, ReadOnlyMemory<byte> bytes);
}
