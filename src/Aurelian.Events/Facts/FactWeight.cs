using System.Collections.Immutable;

namespace Aurelian.Events;

/// <summary>About how many bytes a fact takes: whoever keeps many bounds them by this, for texts are others'.</summary>
public static class FactWeight
{
    private const int Bare = 160, Each = 32;

    public static int Of(Fact fact) => Bare + (sizeof(char) * fact switch
    {
        Fact.ProcessExecuted executed => Length(executed.Executable) + Length(executed.Folder)
            + Length(executed.Arguments),
        Fact.ToolCallStarted started => Length(started.Command) + Length(started.Tool),
        Fact.AgentStepped stepped => Length(stepped.Text),
        Fact.DnsAsked asked => Length(asked.Name) + Length(asked.Answer) + Length(asked.Type) + Length(asked.Outcome),
        Fact.FlowOpened opened => Length(opened.Name),
        Fact.FlowMeasured measured => Length(measured.Name),
        Fact.FlowClosed closed => Length(closed.Name) + Length(closed.Reason),
        Fact.ProtocolSeen seen => Length(seen.Name) + Length(seen.Method) + Length(seen.Traits),
        Fact.PacketRefused refused => Length(refused.Reason) + Length(refused.Opening?.Name),
        Fact.AlertSeen alert => Length(alert.Rule) + Length(alert.Class) + Length(alert.Severity),
        Fact.FileOpenedForWriting written => Length(written.Path),
        Fact.FileRead read => Length(read.Path),
        Fact.SyscallRefused refused => Length(refused.Syscall) + Length(refused.Detail),
        Fact.LocalSocketConnected local => Length(local.Path),
        Fact.EnvironmentChanged changed => Length(changed.Names),
        Fact.LeftRunning left => Length(left.CommandLine) + Length(left.Executable),
        _ => 0,
    });

    private static int Length(string? text) => text?.Length ?? 0;

    private static int Length(ImmutableArray<string> texts)
    {
        int length = 0;
        foreach (string text in texts.IsDefault ? [] : texts)
        {
            length += Each + text.Length;
        }

        return length;
    }
}
