using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>How much a mark says beside a burn.</summary>
internal enum MarkWeight
{
    None,
    /// <summary>Databases and profilers do it too.</summary>
    Slight,
    /// <summary>No work needs it; alone it harms nobody.</summary>
    Telling,
    /// <summary>Only somebody who hides or mines does it.</summary>
    Strong,
}

/// <summary>What a call did that honest computing has no use for: evidence beside a burn, never alone.</summary>
internal readonly record struct CallMark(MarkWeight Weight, string What)
{
    internal static CallMark Read(Fact fact, PoolList pools) => fact switch
    {
        Fact.ProcessExecuted executed => Of(executed),
        Fact.FlowOpened opened when pools.Covers(opened.Destination.Address) =>
            new CallMark(MarkWeight.Telling, $"called a mining pool ({opened.Destination})"),
        _ when Named.TryRead(fact, out string name, out _) && pools.Covers(name) =>
            new CallMark(MarkWeight.Telling, $"asked for a mining pool ({name})"),
        Fact.ResourceSampled { Burn.HugeBytes: > 0 } =>
            new CallMark(MarkWeight.Slight, "computed in huge pages"),
        _ => default,
    };

    internal static bool IsMemory(Fact.ProcessExecuted executed) =>
        executed.Executable.StartsWith("memfd:", StringComparison.Ordinal);

    private static CallMark Of(Fact.ProcessExecuted executed) =>
        executed.Deleted || IsMemory(executed)
            ? new CallMark(MarkWeight.Strong, "ran an executable that is gone")
        : MinerCommandDetector.PoolIn(executed.Arguments) is not null
            ? new CallMark(MarkWeight.Strong, "was given a mining pool")
        : executed.Arguments is [['[', _, .., ']'], ..]
            ? new CallMark(MarkWeight.Telling, "called itself a thread of the kernel")
        : TuningDetector.Read(executed.Arguments) is { } tuned ? new CallMark(MarkWeight.Slight, tuned.What)
        : default;
}
