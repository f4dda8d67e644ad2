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

    private const int TextMax = 64 * 1024;

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

        string text = row.Text(Content, TextMax) ?? row.Text(ContentText, TextMax) ?? "";
        if (row.Is(Role, "assistant"u8))
        {
            teller.Said(text.Length == 0 ? null : text);
            string? command = row.Text(ActionCommand, 16_384)
                ?? (row.Text(ToolArguments, 16_384) is { } arguments ? CommandText.OfArguments(arguments) : null)
                ?? CommandText.OfFence(text);
            if (command is not null)
            {
                teller.Called("bash", command);
            }
        }
        else if (row.Is(Role, "user"u8) || row.Is(Role, "tool"u8))
        {
            teller.Returned(CommandText.ExitCode(text), text.Length, null);
        }

        return null;
    }
}
