using Aurelian.Events;

namespace Aurelian.Bench;

/// <summary>Events as a busy run has them: mostly processes, some flows.</summary>
internal static class SampleEvents
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly Subject Of = new(
        new RunId("bench"), Episode: new EpisodeId("e1"), Call: new ToolCallId("e1.c1"), Sandbox: new SandboxId("e1"),
        Pid: 4711);

    internal static Event At(long seq) => new(
        seq, Start.AddTicks(seq * 100), seq * 10_000, Of with { Pid = (int)(seq % 30_000) + 2 }, (seq % 4) switch
        {
            0 => new Fact.ProcessForked(4711),
            1 => new Fact.ProcessExecuted(4711, "/usr/bin/gcc", ["gcc", "-c", "-O2", "main.c"], false, false),
            2 => new Fact.ProcessExited(0, 0),
            _ => new Fact.FileOpenedForWriting("/workspace/build/main.o"),
        });
}
