using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Guessing SSH passwords: one client, one server, one short session after another in which the server never said as
/// much as one that lets somebody in.
/// </summary>
/// <remarks>
/// Medium, for a script that runs one short command after another looks alike; high once ten sessions said less than a
/// login's welcome and took as long as refusals are delayed. git opens many too and is known by its command line. Does
/// not cover: guesses within one session, guesses spread over servers.
/// </remarks>
internal sealed class PasswordDetector(PasswordOptions options) : IDetector
{
    private const int PairsMax = 16_384;
    private const int ProcessesMax = 65_536;

    private readonly BoundedMap<(Actor, Endpoint), State> _pairs = new(PairsMax);
    private readonly BoundedMap<(SandboxId, int), bool> _gits = new(ProcessesMax);

    public string Name => "probing-passwords";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        switch (occurred.Fact)
        {
            case Fact.ProcessExecuted executed
                when occurred.Subject is { Sandbox: { } sandbox, Pid: { } pid }:
                if (SshCommandLine.IsClient(executed.Executable, executed.Arguments)
                    && SshCommandLine.Parse(executed.Arguments).IsGit)
                {
                    _gits.Set((sandbox, pid), true);
                }
                else
                {
                    _gits.Remove((sandbox, pid));
                }

                break;
            case Fact.FlowClosed { Protocol: ProtocolNames.Ssh } closed when LooksRefused(closed)
                && !IsGit(occurred.Subject)
                && Actor.TryRead(occurred.Subject, closed.Source.Address, out Actor actor):
                Count(occurred, actor, closed, findings);
                break;
        }
    }

    private bool IsGit(in Subject subject) =>
        subject is { Sandbox: { } sandbox, Pid: { } pid } && _gits.Contains((sandbox, pid));

    private bool LooksRefused(Fact.FlowClosed closed) => closed.BytesBack >= options.KeyExchangeBytesMin
        && closed.BytesBack <= options.FailedBytesMax && closed.BytesOffered <= options.FailedBytesMax
        && !IPAddress.IsLoopback(closed.Destination.Address);

    private void Count(Event occurred, Actor actor, Fact.FlowClosed closed, ICollection<Finding> findings)
    {
        (Actor, Endpoint) pair = (actor, closed.Destination);
        State? state = _pairs.Find(pair);
        if (state is null)
        {
            state = new State();
            _pairs.Set(pair, state);
        }

        state.Add(occurred, IsClear(closed), options);
        Severity severity = state.Clear >= options.ClearLoginsMin ? Severity.High
            : state.Logins.Count >= options.LoginsMin ? Severity.Medium : Severity.Info;
        if (severity <= state.Told)
        {
            return;
        }

        state.Told = severity;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Probing,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.9 : 0.7,
            Subject = occurred.Subject,
            Flow = closed.Flow,
            Evidence = [.. state.Logins.Select(login => login.Seq)],
            Explanation = $"{state.Logins.Count} SSH sessions with {closed.Destination} one after another, none let in",
            Technique = "T1110.001",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private bool IsClear(Fact.FlowClosed closed) => closed.BytesBack <= options.RefusedBytesMax
        && closed.ClosedAt - closed.OpenedAt >= options.RefusalDelay;

    private sealed class State
    {
        private const int LoginsMax = 64;

        internal Queue<(long Ns, long Seq, bool Clear)> Logins { get; } = new();

        internal int Clear { get; private set; }

        internal Severity Told { get; set; }

        internal void Add(Event occurred, bool clear, PasswordOptions options)
        {
            while (Logins.TryPeek(out (long Ns, long Seq, bool Clear) oldest) && (Logins.Count >= LoginsMax
                || occurred.MonotonicNs - oldest.Ns > options.Window.TotalNanoseconds))
            {
                Clear -= Logins.Dequeue().Clear ? 1 : 0;
            }

            Logins.Enqueue((occurred.MonotonicNs, occurred.Seq, clear));
            Clear += clear ? 1 : 0;
        }
    }
}
