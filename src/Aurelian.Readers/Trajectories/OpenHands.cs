namespace Aurelian.Readers;

/// <summary>
/// OpenHands' <c>output.jsonl</c>. Source: docs.all-hands.dev, "Evaluation", and the event serialisation of OpenHands
/// 0.x: a line a session, whose <c>history</c> alternates actions and observations (in older versions pairs of both).
/// </summary>
internal sealed class OpenHands(bool byLine) : TrajectoryReader(
    byLine, "history", "action", "args/command", "args/code", "args/path", "args/thought", "observation",
    "extras/metadata/exit_code", "extras/exit_code", "timestamp", "content", "message", "args/content")
{
    private const int Action = 0, Command = 1, Code = 2, Path = 3, Thought = 4, Observation = 5, ExitCode = 6,
        OldExitCode = 7, Timestamp = 8, Content = 9, Message = 10, ArgumentContent = 11;

    public override string Kind => "openhands";

    protected override string? ReadStep(in JsonRow row, ReadReport report, TrajectoryTeller teller)
    {
        if (row.TryStamp(Timestamp, report, out long ns))
        {
            teller.At(ns);
        }

        if (row.Text(Action, 64) is { } action)
        {
            teller.Said(row.Text(Thought, TrajectoryTeller.TextMax) ?? (action != "message" ? null
                : row.Text(ArgumentContent, TrajectoryTeller.TextMax) ?? row.Text(Content, TrajectoryTeller.TextMax)));
            string? command = row.Text(Command, 16_384) ?? row.Text(Code, 16_384)
                ?? (action is "write" or "edit" or "read" ? row.Text(Path) : null);
            if (command is not null)
            {
                teller.Called(action, command);
            }
        }

        if (row.Has(Observation))
        {
            int? exitCode = row.TryLong(ExitCode, out long code) || row.TryLong(OldExitCode, out code)
                ? (int)Math.Clamp(code, int.MinValue, int.MaxValue) : null;
            teller.Returned(exitCode, row.Has(Content) ? row.Raw(Content).Length : 0, null);
        }

        return row.Has(Action) || row.Has(Observation) || row.Has(Message) ? null : "neither action nor observation";
    }
}
