using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>One audit event, as its lines come.</summary>
internal sealed class AuditEvent
{
    internal long Serial { get; private set; } = -1;

    internal long Ns { get; private set; }

    internal long Record { get; private set; }

    internal string? Call { get; set; }

    internal bool Failed { get; set; }

    internal int? Pid { get; set; }

    internal int ParentPid { get; set; }

    internal string? Executable { get; set; }

    internal string? User { get; set; }

    internal List<string> Arguments { get; } = [];

    internal Endpoint? Destination { get; set; }

    internal string? Path { get; set; }

    internal bool Writes { get; set; }

    /// <summary>The next one, in the same room.</summary>
    internal void Begin(long serial, long ns, long record)
    {
        (Serial, Ns, Record) = (serial, ns, record);
        (Call, Failed, Pid, ParentPid, Executable, User) = (null, false, null, 0, null, null);
        (Destination, Path, Writes) = (null, null, false);
        Arguments.Clear();
    }

    /// <summary>Null when it says nothing that a fact is made of.</summary>
    internal Fact? ToFact() => Call switch
    {
        "execve" or "execveat" when !Failed && (Executable is not null || Arguments.Count > 0) =>
            new Fact.ProcessExecuted(
                ParentPid, Executable ?? Arguments[0], [.. Arguments], ArgumentsCut: false, Deleted: false,
                User: User),
        // A refused attempt counts as an attempt.
        "connect" or "sendto" when Destination is { } destination =>
            new Fact.ConnectAttempted(destination, Transport.Tcp),
        "bind" when Destination is { } local => new Fact.SocketBound(local, Transport.Tcp),
        "open" or "openat" or "creat" when Writes && !Failed && Path is not null =>
            new Fact.FileOpenedForWriting(Path),
        "exit_group" => new Fact.ProcessExited(0, 0),
        _ => null,
    };
}

/// <summary>System calls by number, on the two architectures that servers have (asm/unistd.h).</summary>
internal static class AuditCalls
{
    internal static string? Name(ReadOnlySpan<byte> architecture, ReadOnlySpan<byte> number)
    {
        if (!Fields.TryLong(number, out long call))
        {
            return Fields.Utf8(number, 32); // already a name
        }

        return architecture.SequenceEqual("c00000b7"u8)
            ? call switch
            {
                221 => "execve", 281 => "execveat", 203 => "connect", 206 => "sendto", 200 => "bind", 56 => "openat",
                94 => "exit_group", _ => null,
            }
            : call switch
            {
                59 => "execve", 322 => "execveat", 42 => "connect", 44 => "sendto", 49 => "bind", 2 => "open",
                257 => "openat", 85 => "creat", 231 => "exit_group", _ => null,
            };
    }
}
