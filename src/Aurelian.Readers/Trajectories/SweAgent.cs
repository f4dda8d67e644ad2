namespace Aurelian.Readers;

/// <summary>
/// SWE-agent's <c>.traj</c>. Source: swe-agent.com, "Output files": an object whose <c>trajectory</c> has a step with
/// action, observation, thought and, in later versions, execution_time.
/// </summary>
internal sealed class SweAgent(bool byLine) : TrajectoryReader(
    byLine, "trajectory", "action", "observation", "thought", "execution_time", "response")
{
    private const int Action = 0, Observation = 1, Thought = 2, ExecutionTime = 3, Response = 4;

    public override string Kind => "swe-agent";

    protected override string? ReadStep(in JsonRow row, ReadReport report, TrajectoryTeller teller)
    {
        if (!row.Has(Action) && !row.Has(Response))
        {
            return "without an action";
        }

        teller.Said(row.Text(Thought, TrajectoryTeller.TextMax) ?? row.Text(Response, TrajectoryTeller.TextMax));
        if (row.Text(Action, 16_384)?.Trim() is { Length: > 0 } action)
        {
            teller.Called("bash", action);
            teller.Returned(
                null, row.Has(Observation) ? row.Raw(Observation).Length : 0,
                row.TryDouble(ExecutionTime, out double seconds) ? seconds : null);
        }

        return null;
    }
}
