namespace Aurelian.Events;

public abstract partial record Fact
{
    public sealed record Found(Finding Finding) : Fact;

    public sealed record Contained(ContainmentReceipt Receipt) : Fact;

    public sealed record VerdictGiven(Verdict Verdict) : Fact;

    public sealed record CoverageReported(SourceCoverage Source) : Fact;

    /// <summary>Events were lost. A gap that the sandbox caused itself by flooding is its own doing.</summary>
    public sealed record Gap(string Source, long Dropped, bool CausedBySandbox) : Fact;

    /// <summary>Time passing: the only clock that detectors have. One a second while a run is live.</summary>
    public sealed record Tick : Fact;
}
