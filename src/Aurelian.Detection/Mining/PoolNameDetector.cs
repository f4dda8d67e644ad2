using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// A public pool's name asked for or said, or an address of the list called: low, evidence beside other findings.
/// </summary>
/// <remarks>
/// The name that was asked for, never the address it led to. Whoever reads about mining meets these names too.
/// </remarks>
internal sealed class PoolNameDetector(PoolList pools) : IDetector
{
    private const int FoundMax = 16_384;

    private readonly BoundedMap<(SandboxId?, ToolCallId?, TextKey), bool> _found = new(FoundMax);

    public string Name => "mining-pool-name";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        (string? what, FlowId? flow) = occurred.Fact switch
        {
            _ when Named.TryRead(occurred.Fact, out string name, out FlowId? named) && pools.Covers(name) =>
                (name, named),
            Fact.FlowOpened opened when pools.Covers(opened.Destination.Address) =>
                (opened.Destination.Address.ToString(), opened.Flow),
            _ => ((string?)null, (FlowId?)null),
        };
        if (what is null || !Actor.Acted(occurred.Subject))
        {
            return;
        }

        (SandboxId?, ToolCallId?, TextKey) key = (occurred.Subject.Sandbox, occurred.Subject.Call, what);
        if (_found.Contains(key))
        {
            return;
        }

        _found.Set(key, true);
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Mining,
            Severity = Severity.Low,
            Confidence = 0.4,
            Subject = occurred.Subject,
            Flow = flow,
            Evidence = [occurred.Seq],
            Explanation = $"reached for a public mining pool ({what}; list of {pools.Date:yyyy-MM-dd})",
            Technique = "T1496.001",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }
}
