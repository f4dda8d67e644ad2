using System.Collections.Immutable;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Tetragon's events (JSON export). Source: tetragon.io, "gRPC API" (GetEventsResponse): process_exec, process_exit and
/// process_kprobe; of a tracing policy's probes those of connections are understood.
/// </summary>
internal sealed class Tetragon(bool inArray) : JsonRecords(inArray, Paths)
{
    private static readonly string[] Paths =
    [
        "time", "process_exec/process/pid", "process_exec/process/binary", "process_exec/process/arguments",
        "process_exec/process/docker", "process_exec/parent/pid", "process_exit/process/pid",
        "process_exit/process/docker", "process_exit/status", "process_exit/signal", "process_kprobe/process/pid",
        "process_kprobe/process/docker", "process_kprobe/function_name", "process_kprobe/policy_name",
        "process_kprobe/action", "process_kprobe/args/sock_arg/daddr", "process_kprobe/args/sock_arg/dport",
        "process_kprobe/args/sock_arg/protocol", "process_kprobe/args/file_arg/path", "process_kprobe/args/int_arg",
        "process_exec/process/flags", "process_exec/process/uid",
    ];

    private const int Time = 0, ExecPid = 1, ExecBinary = 2, ExecArguments = 3, ExecDocker = 4, ParentPid = 5,
        ExitPid = 6, ExitDocker = 7, ExitStatus = 8, ExitSignal = 9, ProbePid = 10, ProbeDocker = 11, Function = 12,
        Policy = 13, Action = 14, Address = 15, Port = 16, Protocol = 17, FilePath = 18, FileMask = 19,
        Flags = 20, UserId = 21;

    private const int MayWrite = 2, ArgumentsMax = 4096;

    /// <summary>argv[0] is not told; the binary stands for it.</summary>
    private readonly RecentParsed<(string Binary, string Arguments), ImmutableArray<string>> _words =
        new(each => [each.Binary, .. HostText.Arguments(each.Arguments)]);

    public override string Kind => "tetragon";

    public override TimeSpan Lateness => TimeSpan.FromSeconds(5);

    protected override string? Read(in JsonRow row, long number, ReadReport report, List<Reading> readings)
    {
        if (!row.TryStamp(Time, report, out long ns))
        {
            return "without a time";
        }

        (Subject subject, Fact? fact) = row.Has(ExecPid) ? (Who(row, ExecPid, ExecDocker), Executed(row))
            : row.Has(ExitPid) ? (Who(row, ExitPid, ExitDocker),
                new Fact.ProcessExited(row.Int(ExitStatus), Signal(row.Text(ExitSignal, 16))))
            : (Who(row, ProbePid, ProbeDocker), Probed(row));
        if (fact is not null)
        {
            readings.Add(new Reading(number, new Observation(ns, subject, fact)));
        }

        if (row.Text(Policy, 256) is { } policy)
        {
            readings.Add(new Reading(number, new Observation(ns, subject, new Fact.AlertSeen(
                Kind, policy, row.Text(Function, 128), row.Text(Action, 64), null, null))));
        }

        return null;
    }

    private static Subject Who(in JsonRow row, int pid, int docker) => new(
        Sandbox: row.Text(docker, 64) is { } id ? new SandboxId(id) : null,
        Pid: row.Has(pid) ? row.Int(pid) : null);

    private Fact.ProcessExecuted Executed(in JsonRow row)
    {
        string binary = row.Text(ExecBinary, 1024) ?? "", arguments = row.Text(ExecArguments, ArgumentsMax) ?? "";
        ImmutableArray<string> words = _words.Of((binary, arguments));
        bool deleted = row.Text(Flags, 256)?.Contains("unlinked", StringComparison.Ordinal) ?? false;
        return new Fact.ProcessExecuted(
            row.Int(ParentPid), binary, words, ArgumentsCut: arguments.Length >= ArgumentsMax, deleted,
            User: row.TryLong(UserId, out _) ? HostText.User(row.Text(UserId, 32)!) : null);
    }

    private static Fact? Probed(in JsonRow row)
    {
        string function = row.Text(Function, 128) ?? "";
        bool connects = function.Contains("connect", StringComparison.Ordinal)
            || function.Contains("sendmsg", StringComparison.Ordinal);
        return connects && row.TryAddress(Address, out IPAddress address)
                ? new Fact.ConnectAttempted(
                    LoggedFlow.At(address, row.Int(Port)),
                    row.Is(Protocol, "IPPROTO_UDP"u8) ? Transport.Udp : Transport.Tcp)
            : row.Text(FilePath, 1024) is { } path && (row.Int(FileMask) & MayWrite) != 0
                ? new Fact.FileOpenedForWriting(path)
            : null;
    }

    private static int Signal(string? name) => name switch
    {
        "SIGKILL" => 9, "SIGTERM" => 15, "SIGINT" => 2, "SIGSEGV" => 11, "SIGABRT" => 6, "SIGPIPE" => 13, "SIGHUP" => 1,
        _ => 0,
    };
}
