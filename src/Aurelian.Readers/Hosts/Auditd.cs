using System.Buffers.Binary;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// The Linux audit log. Source: linux-audit documentation wiki, "specs": one event is several lines of one serial
/// number; <c>msg=audit(SECONDS.MS:SERIAL)</c>; text that is not plain stands in hexadecimal without quotes.
/// </summary>
internal sealed class Auditd : LineFormat
{
    private const int ArgumentsMax = 256, TextMax = 4096;

    private readonly AuditEvent _event = new();
    private readonly RecentValues _recent = new();

    public override string Kind => "auditd";

    /// <summary>Lines of different processors' events interleave.</summary>
    public override TimeSpan Lateness => TimeSpan.FromSeconds(5);

    internal static bool Looks(ReadOnlySpan<byte> line) =>
        line.IndexOf("type="u8) >= 0 && line.IndexOf("msg=audit("u8) >= 0;

    protected override string? ReadLine(
        ReadOnlySpan<byte> line, long number, ReadReport report, List<Reading> readings)
    {
        int at = line.IndexOf("msg=audit("u8);
        ReadOnlySpan<byte> stamp = at < 0 ? default : line[(at + 10)..];
        int colon = stamp.IndexOf((byte)':'), end = stamp.IndexOf((byte)')');
        if (colon < 0 || end < colon || !Stamps.TryRead(stamp[..colon], report, out long ns)
            || !Fields.TryLong(stamp[(colon + 1)..end], out long serial))
        {
            return "without msg=audit(TIME:SERIAL)";
        }

        if (serial != _event.Serial || ns != _event.Ns)
        {
            Finish(report, readings);
            _event.Begin(serial, ns, number);
        }

        // Enriched logs repeat the numbers as names behind a group separator.
        int enriched = line.IndexOf((byte)0x1D);
        line = enriched < 0 ? line : line[..enriched];
        ReadOnlySpan<byte> type = Fields.After(line, "type="u8);
        if (type.SequenceEqual("SYSCALL"u8))
        {
            ReadCall(line);
        }
        else if (type.SequenceEqual("EXECVE"u8))
        {
            ReadArguments(line);
        }
        else if (type.SequenceEqual("SOCKADDR"u8))
        {
            _event.Destination = ReadSocketAddress(Fields.After(line, "saddr="u8));
        }
        else if (type.SequenceEqual("PATH"u8) && _event.Path is null
            && Fields.After(line, "nametype="u8) is var kind
            && (kind.SequenceEqual("CREATE"u8) || kind.SequenceEqual("NORMAL"u8)))
        {
            _event.Path = Text(Fields.After(line, "name="u8));
        }

        return null;
    }

    protected override void Finish(ReadReport report, List<Reading> readings)
    {
        if (_event.ToFact() is { } fact)
        {
            readings.Add(new Reading(
                _event.Record, new Observation(_event.Ns, new Subject(Pid: _event.Pid), fact)));
        }

        _event.Begin(-1, 0, 0);
    }

    private void ReadCall(ReadOnlySpan<byte> line)
    {
        _event.Call = AuditCalls.Name(Fields.After(line, "arch="u8), Fields.After(line, "syscall="u8));
        _event.Failed = Fields.After(line, "success="u8).SequenceEqual("no"u8);
        _event.Pid = Fields.TryLong(Fields.After(line, "pid="u8), out long pid) ? (int)pid : null;
        _event.ParentPid = Fields.TryLong(Fields.After(line, "ppid="u8), out long parent) ? (int)parent : 0;
        _event.Executable = Text(Fields.After(line, "exe="u8));
        ReadOnlySpan<byte> user = Fields.After(line, "uid="u8);
        _event.User = Fields.TryLong(user, out _) ? HostText.User(_recent.Text(user, 32)) : null;
        // open's flags are its second argument, openat's the third.
        ReadOnlySpan<byte> flags = Fields.After(line, _event.Call == "open" ? "a1="u8 : "a2="u8);
        _event.Writes = _event.Call == "creat"
            || (System.Buffers.Text.Utf8Parser.TryParse(flags, out int mode, out _, 'x') && (mode & 3) != 0);
    }

    private void ReadArguments(ReadOnlySpan<byte> line)
    {
        Span<byte> key = stackalloc byte[8];
        for (int number = 0; number < ArgumentsMax; number++)
        {
            System.Text.Unicode.Utf8.TryWrite(key, $"a{number}=", out int length);
            ReadOnlySpan<byte> value = Fields.After(line, key[..length]);
            if (value.IsEmpty)
            {
                break;
            }

            _event.Arguments.Add(Text(value) ?? "");
        }
    }

    private string? Text(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value.SequenceEqual("(null)"u8))
        {
            return null;
        }

        if (value[0] == '"')
        {
            return _recent.Text(value.Trim((byte)'"'), TextMax);
        }

        value = value[..Math.Min(value.Length, TextMax * 2)];
        Span<byte> bytes = stackalloc byte[TextMax];
        return _recent.Text(Convert.FromHexString(value, bytes, out _, out int written)
            == System.Buffers.OperationStatus.Done ? bytes[..written] : value, TextMax);
    }

    /// <summary>A <c>struct sockaddr</c> of the machine that wrote it; the family tells its byte order.</summary>
    private static Endpoint? ReadSocketAddress(ReadOnlySpan<byte> hex)
    {
        Span<byte> bytes = stackalloc byte[128];
        Convert.FromHexString(hex[..Math.Min(hex.Length, 256)], bytes, out _, out int written);
        ReadOnlySpan<byte> address = bytes[..written];
        int family = written < 2 ? 0 : address[0] | address[1];
        int port = written < 4 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return family == 2 && written >= 8 ? new Endpoint(new IPAddress(address.Slice(4, 4)), port)
            : family == 10 && written >= 24 ? new Endpoint(new IPAddress(address.Slice(8, 16)), port)
            : null;
    }
}
