using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>Names what is alive when an episode ends, call by call.</summary>
internal static class LeftRunning
{
    internal static void Post(Stage stage, LiveSandbox live)
    {
        foreach (ToolCallId call in stage.Resources.CallsOf(live.Sandbox))
        {
            foreach (int pid in live.Sandbox.ReadUsage(call).Pids)
            {
                stage.Sink.TryPost(SourceNames.Agent, new Observation(
                    MonotonicClock.NowNs, live.Subject with { Call = call, Pid = pid },
                    new Fact.LeftRunning(ProcessFiles.Executable(pid), ProcessFiles.CommandLine(pid))));
            }
        }
    }
}
