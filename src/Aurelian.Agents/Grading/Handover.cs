using Aurelian.Events;

namespace Aurelian.Agents;

/// <summary>
/// What an agent made, on its way from its sandbox to the grader's: told where it touches the tests' workings, and
/// freed of what has no honest use there (a module in the test tool's place, a link into the grader's own folders).
/// </summary>
public static class Handover
{
    /// <param name="subject">The agent's episode and sandbox.</param>
    public static void Inspect(TaskPlan task, string workFolder, IObservationSink sink, Subject subject)
    {
        string? original = Directory.Exists(task.FilesFolder) ? task.FilesFolder : null;
        foreach (Fact.TestConfigurationChanged change in TestConfiguration.Compare(original, workFolder))
        {
            sink.TryPost(SourceNames.Agent, new Observation(MonotonicClock.NowNs, subject, change));
            if (!change.Plain)
            {
                File.Delete(Path.Combine(workFolder, change.Path));
            }
        }
    }
}
