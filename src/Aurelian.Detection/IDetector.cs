using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// A small state machine over the timeline: events in, findings out. It has no clock, disk or socket; the same events
/// in the same order give the same findings, live, in a replay and in a test.
/// </summary>
public interface IDetector
{
    /// <summary>For people and <c>rules list</c>.</summary>
    string Name { get; }

    void Observe(Event occurred, ICollection<Finding> findings);
}
