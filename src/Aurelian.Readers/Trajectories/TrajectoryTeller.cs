using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Tells an agent's recorded session as one episode of numbered calls. Where the format has no times, a step takes the
/// time that it says or a second, from 1970 on.
/// </summary>
internal sealed class TrajectoryTeller(ReadReport report, string agent)
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>Of what an agent says, as it becomes part of a fact.</summary>
    internal const int TextMax = 2000;

    private const int CommandMax = 16_384;

    private EpisodeId _episode;
    private long _nowNs;
    private int _episodes;
    private int _turns;
    private int _calls;
    private bool _begun;
    private bool _stamped;
    private ToolCallId? _running;

    internal List<Reading> Readings { get; } = [];

    internal long Record { get; set; }

    /// <summary>The session's name, where it has one.</summary>
    internal void Begin(string? instance)
    {
        End();
        _episodes++;
        _episode = new EpisodeId(instance is null ? $"{report.Source}.t{_episodes}" : Fields.Cut(instance, 128));
        (_turns, _calls, _begun) = (0, 0, true);
        Tell(null, new Fact.EpisodeStarted(instance, agent, ""));
    }

    internal void At(long ns)
    {
        report.Timed = true;
        _stamped = true;
        _nowNs = Math.Max(_nowNs, ns);
    }

    internal void Said(string? text)
    {
        EnsureBegun();
        if (text is not null)
        {
            Tell(null, new Fact.AgentStepped(++_turns, Fields.Cut(text, TextMax)));
        }
    }

    internal void Called(string tool, string command)
    {
        EnsureBegun();
        Returned(null, 0, null);
        _running = ToolCallId.Numbered(_episode, ++_calls);
        _stamped = false;
        Tell(_running, new Fact.ToolCallStarted(_calls, tool, Fields.Cut(command, CommandMax)));
    }

    /// <summary>The call that runs ended; nothing when none does.</summary>
    internal void Returned(int? exitCode, long outputBytes, double? seconds)
    {
        if (_running is not { } call)
        {
            return;
        }

        _nowNs += seconds is > 0 and < 1e6 ? (long)(seconds.Value * SecondNs) : _stamped ? 0 : SecondNs;
        Tell(call, new Fact.ToolCallEnded(exitCode, false, false, outputBytes, false, null));
        _running = null;
    }

    internal void End()
    {
        Returned(null, 0, null);
        if (_begun)
        {
            Tell(null, new Fact.EpisodeEnded("recorded", null));
            _begun = false;
        }
    }

    private void EnsureBegun()
    {
        if (!_begun)
        {
            Begin(null);
        }
    }

    private void Tell(ToolCallId? call, Fact fact) => Readings.Add(new Reading(
        Record, new Observation(_nowNs, new Subject(Episode: _episode, Call: call), fact)));
}
