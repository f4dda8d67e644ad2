namespace Aurelian.Readers;

/// <summary>
/// mini-SWE-agent's trajectories. Source: mini-swe-agent.com, "Output files": <c>messages</c> of role and content; the
/// command is the fenced block of an assistant's message, in later versions also <c>extra.actions</c>; the user's next
/// message is its output.
/// </summary>
internal sealed class MiniSweAgent(bool byLine) : TrajectoryReader(
    byLine, "messages", "role", "content", "content/text", "extra/actions/command", "extra/timestamp", "timestamp",
    "tool_calls/function/arguments")
{
    private const int Role = 0, Content = 1, ContentText = 2, ActionCommand = 3, ExtraTime = 4, Time = 5,
        ToolArguments = 6;

    private readonly CommandArguments _arguments = new();

    public override string Kind => "mini-swe-agent";

    protected override string? ReadStep(in JsonRow row, ReadReport report, TrajectoryTeller teller)
    {
        if (!row.Has(Role))
        {
            return "without a role";
        }

        if (row.TryStamp(ExtraTime, report, out long ns) || row.TryStamp(Time, report, out ns))
        {
            teller.At(ns);
        }

        if (row.Is(Role, "assistant"u8))
        {
            teller.Said(row.Text(Content, TrajectoryTeller.TextMax) ?? row.Text(ContentText, TrajectoryTeller.TextMax));
            string? command = row.Text(ActionCommand, 16_384)
                ?? (row.Has(ToolArguments) && !row.Raw(ToolArguments).IsEmpty
                    ? _arguments.Of(row.Unescaped(ToolArguments)) : null)
                ?? CommandText.OfFence(TextOf(row));
            if (command is { Length: > 0 })
            {
                teller.Called("bash", command);
            }
        }
        else if (row.Is(Role, "user"u8) || row.Is(Role, "tool"u8))
        {
            ReadOnlySpan<byte> output = TextOf(row);
            teller.Returned(CommandText.ExitCode(output), output.Length, null);
        }

        return null;
    }

    /// <summary>Until the next text of the row is asked for.</summary>
    private static ReadOnlySpan<byte> TextOf(in JsonRow row) =>
        row.Has(Content) && !row.Raw(Content).IsEmpty ? row.Unescaped(Content)
        : row.Has(ContentText) ? row.Unescaped(ContentText) : default;
}
