using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection.Floods;

/// <summary>A timeline that several sandboxes write, before one detector.</summary>
internal sealed class FloodScene(IDetector detector)
{
    private readonly List<Finding> _findings = [];
    private readonly List<Finding> _latest = [];
    private long _seq;

    internal DetectorSet Detectors { get; } = new(detector);

    internal long NowNs { get; set; } = 1_000_000_000;

    internal Finding[] Of(Hand hand) => [.. _findings.Where(each => each.Subject.Sandbox == hand.Sandbox)];

    internal void Add(Subject subject, Fact fact)
    {
        NowNs += 1000;
        Detectors.Observe(new Event(++_seq, DateTimeOffset.UnixEpoch, NowNs, subject, fact), _latest);
        _findings.AddRange(_latest);
        _latest.Clear();
    }
}

/// <summary>What one sandbox does.</summary>
/// <param name="Number">Others' addresses, files and calls differ by it.</param>
internal sealed record Hand(FloodScene Scene, int Number)
{
    /// <summary>What is done again, elsewhere and by another call.</summary>
    internal int Turn { get; set; }

    internal SandboxId Sandbox { get; } = new($"e{Number}");

    internal Endpoint From => new(new IPAddress([100, 64, 0, (byte)(2 + Number)]), 40_000);

    internal Endpoint Far => Outside(7 + Turn);

    internal static Endpoint Outside(int number, int port = 443) =>
        new(new IPAddress([93, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), port);

    internal FlowId Flow(string name) => new($"{Sandbox.Value}.{Turn}.{name}");

    internal void Wait(double seconds) => Scene.NowNs += (long)(seconds * 1e9);

    internal void Add(Fact fact, int pid = 10, string? call = null) => Scene.Add(
        new Subject(
            new RunId("r"), null, new EpisodeId(Sandbox.Value),
            new ToolCallId($"{Sandbox.Value}.{call ?? $"c{Turn}"}"), Sandbox, pid), fact);

    internal void Exec(string words, int pid = 10, string? call = null, bool deleted = false)
    {
        string[] arguments = words.Split(' ');
        Add(new Fact.ProcessExecuted(
            1, $"/usr/bin/{arguments[0]}", [.. arguments], false, deleted, "/workspace"), pid, call);
    }

    internal void Asked(string name, string? answer = null) =>
        Add(new Fact.DnsAsked(name, "A", "denied", answer, false));

    internal void Connect(Endpoint to, int pid = 10, string? call = null) =>
        Add(new Fact.ConnectAttempted(to, Transport.Tcp), pid, call);

    internal void Open(string flow, Endpoint to, int pid = 10) =>
        Add(new Fact.FlowOpened(Flow(flow), From, to, Transport.Tcp, null), pid);

    internal void Said(
        string flow, string protocol, string? method, bool server = false, int pid = 10, string? call = null) => Add(
        new Fact.ProtocolSeen(
            Flow(flow), protocol, server ? FlowDirection.Server : FlowDirection.Client, method, null, []), pid, call);

    internal void Measured(
        string flow, string? protocol, long bytes, string? name = null, Initiative initiative = default,
        int pid = 10) => Add(
        new Fact.FlowMeasured(
            Flow(flow), From, Far, Transport.Tcp, name, protocol, 10,
            new MessageShape(1, bytes, (int)bytes, 10, 0, 10), new MessageShape(1, 100, 100, 10, 0, 10), initiative),
        pid);

    internal void Closed(string flow, string? protocol, Endpoint to, long bytes, long back, string? name = null,
        int pid = 10) => Add(
        new Fact.FlowClosed(
            Flow(flow), From, to, Transport.Tcp, name, protocol, bytes, bytes, back, default,
            default(DateTimeOffset).AddSeconds(3), true, "allowed"), pid);

    internal void Wrote(string path, int pid = 10, string? call = null) =>
        Add(new Fact.FileOpenedForWriting(path), pid, call);

    /// <summary>A core kept busy, and nothing written.</summary>
    internal void Burn(int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            Wait(1);
            Add(new Fact.ResourceSampled(Scene.NowNs / 1e9, null, 1, new BurnShape(2, 1, 1000, 0)));
        }
    }
}
