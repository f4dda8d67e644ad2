using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>A fact as one line for a person.</summary>
public static class FactText
{
    private const int CharactersMax = 400;

    public static string Describe(Fact fact)
    {
        string text = fact switch
        {
            Fact.ProcessForked forked => $"forked from process {forked.ParentPid}",
            Fact.ProcessExecuted executed =>
                $"executed {executed.Executable}: {CommandLine.Join(executed.Arguments, executed.ArgumentsCut)}",
            Fact.ProcessExited exited => exited.Signal != 0 ? $"ended by signal {exited.Signal}"
                : $"exited with {exited.ExitCode}",
            Fact.SyscallRefused refused => $"system call {refused.Syscall} {refused.Detail} refused",
            Fact.FileOpenedForWriting written => $"opened {written.Path} for writing",
            Fact.FileRead read => $"read {read.Path}, which {read.Writer?.Value ?? "the grader"} wrote",
            Fact.ProcessTriggered triggered => $"was set in motion by call {triggered.By} ({triggered.How})",
            Fact.EnvironmentChanged changed => $"left other environment variables: {string.Join(", ", changed.Names)}",
            Fact.TestConfigurationChanged changed => $"handed over {changed.Path}, {changed.What}",
            Fact.DescriptorPassed passed => $"used a descriptor of call {passed.From} ({passed.What})",
            Fact.LocalSocketConnected local => $"connected to the local socket {local.Path}",
            Fact.ConnectAttempted connect => $"tried to connect to {connect.Destination}",
            Fact.SocketBound bound => $"bound {bound.Local}",
            Fact.SocketListened listened => $"listened on {listened.Local}",
            Fact.DatagramSent sent => $"sent a datagram to {sent.Destination}",
            Fact.DnsAsked asked => $"asked for {asked.Name} ({asked.Type}): {asked.Outcome} {asked.Answer}",
            Fact.FlowOpened opened => $"connection {opened.Flow} to {opened.Name ?? "an address"} {opened.Destination}",
            Fact.ProtocolSeen seen =>
                $"{seen.Flow} spoke {seen.Protocol} {seen.Method} {seen.Name} {string.Join(' ', seen.Traits)}",
            Fact.FlowClosed closed => string.Create(CultureInfo.InvariantCulture,
                $"{closed.Flow} closed: {closed.BytesOffered} bytes offered, {closed.BytesUpstream} upstream")
                + $"; {closed.Reason}",
            Fact.PacketRefused refused =>
                $"{refused.Transport} packet to {refused.Destination} refused: {refused.Reason}"
                + (refused.Opening is { } opening ? $" ({opening.Protocol} {opening.Name})" : ""),
            Fact.Found found => $"{found.Finding.Rule}: {found.Finding.Explanation}",
            Fact.Contained contained => $"{contained.Receipt.Action}: {contained.Receipt.Detail}",
            Fact.ToolCallStarted started => $"tool call: {started.Command}",
            Fact.BehaviourDrifted drift => FormattableString.Invariant(
                $"step {drift.Step}: {drift.Quantity} is {drift.Value:0.###} after {drift.Mean:0.###} ")
                + FormattableString.Invariant($"({drift.Deviations:+0.0;-0.0} standard deviations)"),
            _ => fact.GetType().Name,
        };
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length > CharactersMax ? text[..CharactersMax] + "…" : text;
    }
}
