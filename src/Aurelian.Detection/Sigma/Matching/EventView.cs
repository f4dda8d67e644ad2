using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// One event in Sigma's words. Texts that a fact does not hold as such, as a command line, are written into buffers
/// that are kept, and only when a rule asks for them: looking at an event allocates nothing.
/// </summary>
internal sealed class EventView
{
    private const int CharactersMax = 64 * 1024;
    private const int ThreadNameMax = 15;

    private readonly ProcessBook _processes = new();
    private readonly Slot[] _slots = new Slot[SigmaFields.Count];
    private Fact.ProcessExecuted? _self, _parent, _started;
    private int? _parentPid;
    private long _now;

    internal Event Event { get; private set; } = null!;

    internal SigmaSource Source { get; private set; }

    /// <summary>Of the acting process, for a sentence about it.</summary>
    internal Fact.ProcessExecuted? Process => _self;

    /// <summary>The event is a program's start, and <see cref="Process"/> is that program.</summary>
    internal bool IsStart => _started is not null;

    /// <summary>What processes are running, from every event in order.</summary>
    internal void Remember(Event occurred) => _processes.Observe(occurred);

    internal void Look(Event occurred, SigmaSource source, Fact.ProcessExecuted? command = null)
    {
        Event = occurred;
        Source = source;
        _now++;
        _self = _started = command;
        _parentPid = command?.ParentPid;
        if (command is null && occurred.Subject.Pid is { } pid
            && _processes.TryFind(occurred.Subject.Sandbox, pid, out RunningProcess running))
        {
            _self = running.At(occurred.Fact);
            _parentPid = running.ParentPid;
        }

        _parent = _parentPid is { } parent
            && _processes.TryFind(occurred.Subject.Sandbox, parent, out RunningProcess found) ? found.Executed : null;
    }

    /// <summary>False: the event has no such field.</summary>
    internal bool TryText(SigmaField field, out ReadOnlySpan<char> text)
    {
        ref Slot slot = ref _slots[(int)field];
        if (slot.FilledAt != _now)
        {
            slot.FilledAt = _now;
            slot.Text = null;
            slot.Length = -1;
            Fill(field, ref slot);
        }

        text = slot.Text is { } whole ? whole : slot.Length >= 0 ? slot.Buffer.AsSpan(0, slot.Length) : default;
        return slot.Text is not null || slot.Length >= 0;
    }

    internal bool TryAddress(SigmaField field, out IPAddress address)
    {
        IPAddress? found = field switch
        {
            SigmaField.DestinationIp => Destination()?.Address,
            SigmaField.SourceIp => Origin()?.Address,
            _ => null,
        };
        address = found!;
        return found is not null;
    }

    private void Fill(SigmaField field, ref Slot slot)
    {
        switch (field)
        {
            case SigmaField.Image: slot.Text = Named(_self?.Executable); break;
            case SigmaField.CommandLine: Join(_self?.Arguments, ref slot); break;
            case SigmaField.CurrentDirectory: slot.Text = _self?.Folder; break;
            case SigmaField.User: slot.Text = _self?.User; break;
            case SigmaField.ProcessId: Write(Event.Subject.Pid, ref slot); break;
            case SigmaField.ParentImage: slot.Text = Named(_parent?.Executable); break;
            case SigmaField.ParentCommandLine: Join(_parent?.Arguments, ref slot); break;
            case SigmaField.ParentProcessId: Write(_parentPid, ref slot); break;
            case SigmaField.DestinationIp: Write(Destination()?.Address, ref slot); break;
            case SigmaField.DestinationPort: Write(Destination()?.Port, ref slot); break;
            case SigmaField.DestinationHostname: slot.Text = (Event.Fact as Fact.FlowOpened)?.Name; break;
            case SigmaField.SourceIp: Write(Origin()?.Address, ref slot); break;
            case SigmaField.SourcePort: Write(Origin()?.Port, ref slot); break;
            case SigmaField.Protocol: slot.Text = TransportText(); break;
            case SigmaField.Initiated: slot.Text = Destination() is null ? null : "true"; break;
            case SigmaField.QueryName: slot.Text = (Event.Fact as Fact.DnsAsked)?.Name; break;
            case SigmaField.QueryType: slot.Text = (Event.Fact as Fact.DnsAsked)?.Type; break;
            case SigmaField.QueryResults: slot.Text = (Event.Fact as Fact.DnsAsked)?.Answer; break;
            case SigmaField.TargetFilename: slot.Text = (Event.Fact as Fact.FileOpenedForWriting)?.Path; break;
            case SigmaField.SystemCall: slot.Text = CallText(); break;
            case SigmaField.PathName: slot.Text = PathName(); break;
            case SigmaField.ThreadName: WriteThreadName(ref slot); break;
            case SigmaField.UserNumber: slot.Text = _self?.User == "root" ? "0" : _self?.User; break;
            case SigmaField.Record when _started is not null: Join(_started.Arguments, ref slot); break;
            case SigmaField.Record: slot.Text = PathName() ?? Named(_self?.Executable); break;
            case >= SigmaField.Argument0 and <= SigmaField.Argument15: slot.Text = Argument(field); break;
        }
    }

    private string? Argument(SigmaField field) =>
        _started is { Arguments: { IsDefault: false } words } && field - SigmaField.Argument0 is var number
        && number < words.Length ? words[number] : null;

    private string? PathName() => Named(_started?.Executable) ?? (Event.Fact as Fact.FileOpenedForWriting)?.Path;

    private string? CallText() =>
        _started is not null ? "execve" : Event.Fact is Fact.ConnectAttempted ? "connect" : null;

    /// <summary>The kernel's name of a thread is the file's as it was called, cut at 15 bytes; what it was called is
    /// its first argument, unless somebody lies.</summary>
    private void WriteThreadName(ref Slot slot)
    {
        string called = _self is { Arguments: { IsDefaultOrEmpty: false } words } && words[0].Length > 0 ? words[0]
            : _self?.Executable ?? "";
        ReadOnlySpan<char> name = called.AsSpan(called.LastIndexOf('/') + 1).TrimStart('-');
        if (!name.IsEmpty)
        {
            slot.Reserve(ThreadNameMax, 0);
            slot.Length = Math.Min(name.Length, ThreadNameMax);
            name[..slot.Length].CopyTo(slot.Buffer);
        }
    }

    private static string? Named(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private Endpoint? Destination() =>
        Approached.TryRead(Event.Fact, out Endpoint destination, out _) && destination.Address is not null
            ? destination : null;

    private Endpoint? Origin() => Event.Fact switch
    {
        Fact.FlowOpened opened when opened.Source.Address is not null => opened.Source,
        Fact.PacketRefused refused when refused.Source.Address is not null => refused.Source,
        _ => null,
    };

    private string? TransportText()
    {
        Transport? transport = Event.Fact switch
        {
            Fact.FlowOpened opened => opened.Transport,
            Fact.ConnectAttempted connect => connect.Transport,
            Fact.DatagramSent datagram => datagram.Transport,
            Fact.PacketRefused refused => refused.Transport,
            _ => null,
        };
        return transport switch
        {
            Transport.Tcp => "tcp", Transport.Udp => "udp", Transport.Icmp => "icmp", Transport.Other => "other",
            _ => null,
        };
    }

    private static void Join(ImmutableArray<string>? words, ref Slot slot)
    {
        if (words is not { IsDefaultOrEmpty: false } some)
        {
            return;
        }

        int length = 0;
        foreach (string word in some)
        {
            int taken = Math.Min(word.Length, CharactersMax - length - 1);
            if (taken < 0)
            {
                break;
            }

            slot.Reserve(length + taken + 1, length);
            if (length > 0)
            {
                slot.Buffer[length++] = ' ';
            }

            word.AsSpan(0, taken).CopyTo(slot.Buffer.AsSpan(length));
            length += taken;
        }

        slot.Length = length;
    }

    private static void Write(int? number, ref Slot slot)
    {
        if (number is { } value)
        {
            slot.Reserve(16, 0);
            value.TryFormat(slot.Buffer, out slot.Length, provider: CultureInfo.InvariantCulture);
        }
    }

    private static void Write(IPAddress? address, ref Slot slot)
    {
        if (address is null)
        {
            return;
        }

        slot.Reserve(80, 0);
        if (!address.IsIPv4MappedToIPv6)
        {
            address.TryFormat(slot.Buffer, out slot.Length);
            return;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        slot.Buffer.AsSpan().TryWrite(
            CultureInfo.InvariantCulture, $"{bytes[12]}.{bytes[13]}.{bytes[14]}.{bytes[15]}", out slot.Length);
    }

    private struct Slot
    {
        internal long FilledAt;
        internal string? Text;
        internal char[] Buffer;
        internal int Length;

        internal void Reserve(int length, int kept)
        {
            if (Buffer is null || Buffer.Length < length)
            {
                char[] larger = new char[Math.Max(256, length * 2)];
                Buffer.AsSpan(0, kept).CopyTo(larger);
                Buffer = larger;
            }
        }
    }
}
