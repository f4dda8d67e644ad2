using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Falco's alerts (json_output). Source: falco.org, "Outputs" and "Supported fields": time, rule, priority, and in
/// output_fields what the rule's author asked for. So a process is known only as far as the rule tells of it.
/// </summary>
internal sealed class Falco(bool inArray) : JsonRecords(
    inArray, "time", "rule", "priority", "output_fields/evt.type", "output_fields/proc.cmdline",
    "output_fields/proc.exepath", "output_fields/proc.pid", "output_fields/proc.ppid", "output_fields/container.id",
    "output_fields/fd.name", "output_fields/fd.sip", "output_fields/fd.sport", "output_fields/proc.name",
    "output_fields/fd.l4proto", "output_fields/evt.time", "output_fields/evt.is_open_write",
    "output_fields/evt.arg.flags", "output_fields/evt.args", "output_fields/user.name")
{
    private const int Time = 0, Rule = 1, Priority = 2, Type = 3, CommandLine = 4, ExePath = 5, ProcessId = 6,
        ParentId = 7, Container = 8, DescriptorName = 9, ServerIp = 10, ServerPort = 11, ProcessName = 12, Layer4 = 13,
        EventTime = 14, OpensForWriting = 15, Flags = 16, EventArguments = 17, UserName = 18;

    private const int CommandMax = 4096;

    private readonly RecentParsed<string, ImmutableArray<string>> _words = new(HostText.Arguments);
    private readonly RecentParsed<string, (Endpoint From, Endpoint To)> _connections = new(HostText.Connection);

    public override string Kind => "falco";

    public override TimeSpan Lateness => TimeSpan.FromSeconds(5);

    protected override string? Read(in JsonRow row, long number, ReadReport report, List<Reading> readings)
    {
        if (!row.TryStamp(EventTime, report, out long ns) && !row.TryStamp(Time, report, out ns))
        {
            return "without a time";
        }

        if (row.Text(Rule, 256) is not { } rule)
        {
            return "without a rule";
        }

        string? container = row.Text(Container, 64);
        Subject subject = new(
            Sandbox: container is null or "host" or "<NA>" ? null : new SandboxId(container),
            Pid: row.Has(ProcessId) ? row.Int(ProcessId) : null);
        (Endpoint from, Endpoint to) = _connections.Of(row.Text(DescriptorName, 256) ?? "");
        if (row.TryAddress(ServerIp, out System.Net.IPAddress server))
        {
            to = LoggedFlow.At(server, row.Int(ServerPort));
        }

        readings.Add(new Reading(number, new Observation(ns, subject, new Fact.AlertSeen(
            Kind, rule, null, row.Text(Priority, 32), from.Address is null ? null : from,
            to.Address is null ? null : to))));
        string type = row.Text(Type, 32) ?? "";
        Fact? fact = type switch
        {
            "execve" or "execveat" or "spawned_process" when row.Text(CommandLine, CommandMax) is { } command =>
                new Fact.ProcessExecuted(
                    row.Int(ParentId), row.Text(ExePath, 1024) ?? row.Text(ProcessName, 256) ?? "",
                    _words.Of(command), ArgumentsCut: command.Length >= CommandMax, Deleted: false,
                    User: row.Text(UserName, 64)),
            "connect" or "sendto" or "sendmsg" when to.Address is not null => new Fact.ConnectAttempted(
                to, row.Is(Layer4, "udp"u8) ? Transport.Udp : Transport.Tcp),
            "open" or "openat" or "openat2" or "open_by_handle_at" or "creat"
                when (type == "creat" || Writes(row)) && row.Text(DescriptorName, 1024) is { } path
                && path.StartsWith('/') => new Fact.FileOpenedForWriting(path),
            _ => null,
        };
        if (fact is not null)
        {
            readings.Add(new Reading(number, new Observation(ns, subject, fact)));
        }

        return null;
    }

    /// <summary>
    /// As far as the rule's output says so: Falco's own judgement, or the call's flags. An open that says neither may
    /// be a read.
    /// </summary>
    private static bool Writes(in JsonRow row) => row.Is(OpensForWriting, "true"u8) || OpenFlags(row, Flags)
        || OpenFlags(row, EventArguments);

    private static bool OpenFlags(in JsonRow row, int slot)
    {
        ReadOnlySpan<byte> flags = row.Has(slot) ? row.Raw(slot) : default;
        return flags.IndexOf("O_WRONLY"u8) >= 0 || flags.IndexOf("O_RDWR"u8) >= 0 || flags.IndexOf("O_TRUNC"u8) >= 0;
    }
}
