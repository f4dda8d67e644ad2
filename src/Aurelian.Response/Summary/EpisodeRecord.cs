using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>What the timeline has told of one episode so far.</summary>
internal sealed class EpisodeRecord(EpisodeId id)
{
    private readonly Dictionary<ToolCallId, CallRecord> _calls = [];
    private readonly List<CallRecord> _order = [];
    private readonly DeniedBook _denied = new();

    private string? _task;
    private string _agent = "";
    private string _policyHash = "";
    private string? _stopReason;
    private double? _reward;

    internal EpisodeId Id => id;

    /// <summary>The call running now, or null between two.</summary>
    internal ToolCallId? Active { get; private set; }

    internal Verdict? Verdict { get; private set; }

    internal string PolicyHash => _policyHash;

    internal void Observe(Event occurred)
    {
        switch (occurred.Fact)
        {
            case Fact.EpisodeStarted started:
                (_task, _agent, _policyHash) = (started.Task, started.Agent, started.PolicyHash);
                break;
            case Fact.EpisodeEnded ended:
                (_stopReason, _reward) = (ended.StopReason, ended.Reward);
                break;
            case Fact.VerdictGiven given:
                Verdict = given.Verdict;
                break;
        }

        if (occurred.Subject.Call is { } call)
        {
            ObserveCall(call, occurred);
        }
    }

    internal EpisodeSummary Build() => new(
        id.Value, _task, _agent,
        Verdict is { } verdict
            ? new VerdictSummary(verdict.State, verdict.Final, verdict.Coverage, verdict.Findings, verdict.PolicyHash)
            : new VerdictSummary(VerdictState.Unknown, false, CoverageState.Partial, [], _policyHash),
        _reward, _stopReason, [.. _order.Select(call => call.Build())], _denied.Build());

    private void ObserveCall(ToolCallId call, Event occurred)
    {
        if (occurred.Fact is Fact.ToolCallStarted started)
        {
            CallRecord record = new(call, started, occurred.Time);
            _calls[call] = record;
            _order.Add(record);
            Active = call;
        }
        else if (_calls.TryGetValue(call, out CallRecord? record))
        {
            record.Observe(occurred);
            _denied.Observe(call, occurred.Fact);
            Active = occurred.Fact is Fact.ToolCallEnded && Active == call ? null : Active;
        }
    }

    private sealed class CallRecord(ToolCallId call, Fact.ToolCallStarted started, DateTimeOffset startedAt)
    {
        /// <summary>Of what a call left running; the rest is only counted.</summary>
        private const int NamedMax = 32;

        private Fact.ToolCallEnded? _ended;
        private DateTimeOffset? _endedAt;
        private double? _cpuSeconds;
        private readonly List<ProcessSummary> _left = [];
        private int _denied, _leftRunning;

        internal void Observe(Event occurred)
        {
            switch (occurred.Fact)
            {
                case Fact.ToolCallEnded ended:
                    (_ended, _endedAt) = (ended, occurred.Time);
                    _cpuSeconds = Math.Max(_cpuSeconds ?? 0, ended.CpuSeconds ?? 0);
                    break;
                case Fact.ResourceSampled sampled:
                    _cpuSeconds = Math.Max(_cpuSeconds ?? 0, sampled.CpuSeconds);
                    break;
                case Fact.FlowClosed { Allowed: false } or Fact.PacketRefused:
                    _denied++;
                    break;
                case Fact.LeftRunning left:
                    _leftRunning++;
                    if (_left.Count < NamedMax)
                    {
                        _left.Add(new ProcessSummary(occurred.Subject.Pid ?? 0, left.Executable, left.CommandLine));
                    }

                    break;
            }
        }

        internal ToolCallSummary Build() => new(
            call.Value, started.Number, started.Command, _ended?.ExitCode, _ended?.Killed ?? false, _cpuSeconds,
            _denied, startedAt, _endedAt, _leftRunning, _left);
    }
}
