using System.Net;
using System.Net.Sockets;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Bulk exfiltration: an episode (in other tools' files: a source address) sends one destination far more than it
/// receives from there and than it sends elsewhere (medium); high when files with credentials were read before in the
/// same episode, or the machine's own folders packed, or from a sandbox to an address that no name was issued for and
/// that its policy does not name.
/// </summary>
/// <remarks>
/// Added up by destination, so that many small uploads count as one large one. <c>git push</c> is known by its command
/// line. Not separable: an upload that the task asks for (medium). Does not cover: what stays below a mebibyte; many
/// destinations with little each.
/// </remarks>
internal sealed class BulkDetector(BulkOptions options) : IDetector
{
    private const int ActorsMax = 4096;
    private const int ProcessesMax = 65_536;
    private const int FlowsMax = 65_536;
    private const long ActorBytesMax = 32L << 20;

    private static readonly string[] Packers = ["tar", "zip", "7z", "rsync", "cpio", "gzip", "zstd"];
    private static readonly string[] OthersPlaces = ["/", "/home", "/root", "/etc", "/var", "/home/", "/root/", "~"];

    private readonly BoundedMap<Actor, State> _actors = new(
        ActorsMax, ActorBytesMax, state => state.Weight);
    private readonly BoundedMap<(SandboxId, int), bool> _pushes = new(ProcessesMax);
    private readonly BoundedMap<FlowId, Sent> _flows = new(FlowsMax);
    private readonly BoundedMap<SandboxId, IPNetwork[]> _allowed = new(ActorsMax);

    private (string? Hash, IPNetwork[] Networks) _named = (null, []);

    public string Name => "exfiltration-bulk";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        switch (occurred.Fact)
        {
            case Fact.ProcessExecuted executed when Actor.TryRead(occurred.Subject, null, out Actor actor):
                Executed(occurred, executed, actor);
                break;
            case Fact.PolicyInstalled { PolicyHash: var hash, Networks: { IsDefault: false } networks }
                when occurred.Subject.Sandbox is { } sandbox:
                // A policy may have thousands of networks, and each of its sandboxes is told them.
                _named = _named.Hash == hash ? _named
                    : (hash, [.. networks.Select(Narrow).OfType<IPNetwork>()]);
                _allowed.Set(sandbox, _named.Networks);
                break;
            case Fact.FlowMeasured measured when measured.Transport != Transport.Icmp:
                Sent sent = _flows.Find(measured.Flow) ?? new Sent();
                _flows.Set(measured.Flow, sent);
                Add(occurred, measured.Flow, measured.Source, KeyOf(measured.Name, measured.Destination),
                    measured.Out.Bytes, measured.Back.Bytes, findings);
                sent.Out += measured.Out.Bytes;
                sent.Back += measured.Back.Bytes;
                break;
            case Fact.FlowClosed { Transport: not Transport.Icmp } closed:
                // Logs tell only of a flow's end; what was measured on the way is not counted twice.
                Sent told = _flows.Find(closed.Flow) ?? new Sent();
                _flows.Remove(closed.Flow);
                Add(occurred, closed.Flow, closed.Source, KeyOf(closed.Name, closed.Destination),
                    Math.Max(0, closed.BytesUpstream - told.Out), Math.Max(0, closed.BytesBack - told.Back), findings);
                break;
        }
    }

    private static (string? Name, IPAddress? Address) KeyOf(string? name, Endpoint destination) =>
        name is null ? (null, destination.Address) : (name, null);

    /// <summary>Null: too wide to mean the addresses in it.</summary>
    private IPNetwork? Narrow(string text) => IPNetwork.TryParse(text, out IPNetwork network)
        && network.PrefixLength >= (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            ? options.AllowedPrefixMin.V4 : options.AllowedPrefixMin.V6) ? network : null;

    private void Executed(Event occurred, Fact.ProcessExecuted executed, Actor actor)
    {
        if (occurred.Subject is { Sandbox: { } sandbox, Pid: { } pid })
        {
            _pushes.Remove((sandbox, pid));
            string program = SshCommandLine.BaseName(executed.Executable);
            bool push = (program.StartsWith("git", StringComparison.Ordinal) && executed.Arguments.Contains("push"))
                || program is "git-remote-http" or "git-remote-https"
                || (SshCommandLine.IsClient(executed.Executable, executed.Arguments)
                    && SshCommandLine.Parse(executed.Arguments).IsGit);
            if (push)
            {
                _pushes.Set((sandbox, pid), true);
            }
        }

        string name = executed.Arguments.IsEmpty ? "" : SshCommandLine.BaseName(executed.Arguments[0]);
        string? secret = !CredentialDetector.Reads(name) ? null
            : executed.Arguments.Skip(1).Select(SecretFiles.In).FirstOrDefault(each => each is not null);
        bool packed = Packers.Contains(name) && executed.Arguments.Skip(1).Any(OthersPlaces.Contains);
        if (secret is not null || packed)
        {
            Of(actor).Sensitive ??= (
                occurred.Seq, secret is null ? "packed the machine's own folders" : $"read {secret}");
        }
    }

    private State Of(Actor actor)
    {
        State? state = _actors.Find(actor);
        if (state is null)
        {
            state = new State();
            _actors.Set(actor, state);
        }

        return state;
    }

    private void Add(
        Event occurred, FlowId flow, Endpoint source, (string? Name, IPAddress? Address) destination, long sent,
        long back, ICollection<Finding> findings)
    {
        if ((sent == 0 && back == 0) || !Actor.TryRead(occurred.Subject, source.Address, out Actor actor)
            || (occurred.Subject is { Sandbox: { } sandbox, Pid: { } pid } && _pushes.Contains((sandbox, pid)))
            || (destination.Address is { } address && IPAddress.IsLoopback(address)))
        {
            return;
        }

        State state = Of(actor);
        (TextKey, IPAddress?) key = (destination.Name, destination.Address);
        Total? total = state.Totals.Find(key);
        if (total is null)
        {
            state.Totals.Set(key, total = new Total());
            _actors.Set(actor, state);
        }

        total.Out += sent;
        total.Back += back;
        total.FirstSeq = total.FirstSeq == 0 ? occurred.Seq : total.FirstSeq;
        if (total.Out < options.BytesMin || total.Out < total.Back * options.OutToBackMin
            || total.Told == Severity.High)
        {
            return;
        }

        double baseline = Math.Max(options.BaselineMin, state.MedianBut(key));
        bool nameless = occurred.Subject is { Run: not null, Sandbox: { } origin }
            && destination.Address is { } outside && !InternalNetwork.Contains(outside)
            && !Array.Exists(_allowed.Find(origin) ?? [], network => network.Contains(outside))
            && total.Out >= options.NamelessMin && total.Out >= baseline * options.NamelessTimes;
        Severity severity = total.Out < baseline * options.BaselineTimes ? Severity.Info
            : state.Sensitive is not null || nameless ? Severity.High : Severity.Medium;
        if (severity <= total.Told)
        {
            return;
        }

        total.Told = severity;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Exfiltration,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.9 : 0.6,
            Subject = occurred.Subject,
            Flow = flow,
            Evidence = state.Sensitive is { } before ? [before.Seq, total.FirstSeq, occurred.Seq]
                : [total.FirstSeq, occurred.Seq],
            Explanation = $"sent {total.Out / 1024.0 / 1024:0.0} MiB to "
                + $"{destination.Name ?? destination.Address?.ToString()}, "
                + $"{total.Out / baseline:0} times what it sends elsewhere, and received {total.Back / 1024.0:0} KiB"
                + (nameless ? "; no name was issued for this address" : "")
                + (state.Sensitive is { } why ? $"; it {why.What} before" : ""),
            Technique = "T1048",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private sealed class State
    {
        private const int DestinationsMax = 512;
        private const int Bare = 512, Each = 320;

        /// <summary>In bytes: it grows with its destinations.</summary>
        internal long Weight => Bare + ((long)Each * Totals.Count);

        internal BoundedMap<(TextKey, IPAddress?), Total> Totals { get; } = new(DestinationsMax);

        internal (long Seq, string What)? Sensitive { get; set; }

        /// <summary>The median of what went to the others; 0 with fewer than three.</summary>
        internal double MedianBut((TextKey, IPAddress?) destination)
        {
            long[] others = [.. Totals.Entries.Where(entry => entry.Key != destination)
                .Select(entry => entry.Value.Out).Order()];
            return others.Length < 3 ? 0 : others[others.Length / 2];
        }
    }

    private sealed class Total
    {
        internal long Out { get; set; }

        internal long Back { get; set; }

        internal long FirstSeq { get; set; }

        internal Severity Told { get; set; }
    }

    private sealed class Sent
    {
        internal long Out { get; set; }

        internal long Back { get; set; }
    }
}
