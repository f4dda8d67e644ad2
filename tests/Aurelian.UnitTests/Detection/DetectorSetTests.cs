using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class DetectorSetTests
{
    /// <summary>One that asks whether something was said already would look through all of a run's, event after event.
    /// </summary>
    [Fact]
    public void A_detector_sees_what_was_found_in_its_event_alone_whoever_keeps_the_rest()
    {
        Witness witness = new();
        DetectorSet detectors = new(new Witness(), witness);
        List<Finding> findings = [];
        for (int seq = 1; seq <= 100; seq++)
        {
            detectors.Observe(new Event(seq, default, seq, default, new Fact.Tick()), findings);
        }

        Assert.Equal(200, findings.Count);
        Assert.Equal(1, witness.SeenMost);
    }

    [Fact]
    public void A_finding_s_sentence_is_cut_where_nobody_reads_on()
    {
        Finding finding = Witness.Find(1) with { Explanation = new string('x', 10_000) };

        Assert.Equal(Finding.ExplanationMax, finding.Explanation.Length);
        Assert.EndsWith("x…", finding.Explanation);
    }

    private sealed class Witness : IDetector
    {
        public string Name => "witness";

        internal int SeenMost { get; private set; }

        public void Observe(Event occurred, ICollection<Finding> findings)
        {
            SeenMost = Math.Max(SeenMost, findings.Count);
            findings.Add(Find(occurred.Seq));
        }

        internal static Finding Find(long seq) => new()
        {
            Rule = "r", RuleVersion = 1, Category = Category.Mining, Severity = Severity.Low, Confidence = 1,
            Subject = default, Evidence = [seq], Explanation = "e", CompletedAtNs = seq,
        };
    }
}
