using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>
/// Feeds every event to the detectors; a finding takes its place right after the event that completed it.
/// </summary>
internal sealed class DetectionReader(DetectorSet detectors) : IEventReader
{
    private readonly List<Finding> _findings = [];

    public void Read(Event occurred, ICollection<Observation> consequences)
    {
        detectors.Observe(occurred, _findings);
        foreach (Finding finding in _findings)
        {
            consequences.Add(new Observation(MonotonicClock.NowNs, finding.Subject, new Fact.Found(finding)));
        }

        _findings.Clear();
    }
}
