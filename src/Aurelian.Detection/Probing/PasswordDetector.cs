using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Guessing SSH passwords: one client, one server, one short session after another in which the server never said as
/// much as one that lets somebody in.
/// </summary>
/// <remarks>
/// Medium and no more: a script that runs one short command after another looks the same from outside. git does that
/// too and is known by its command line. Does not cover: guesses within one session, guesses spread over servers.
/// </remarks>
internal sealed class PasswordDetector(PasswordOptions options) : IDetector
{
    private const int PairsMax = 16_384;
    private const int ProcessesMax = 65_536;

    private readonly BoundedMap<(Actor, Endpoint), Queue<(long Ns, long Seq)>> _pairs = new(PairsMax);
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
        Queue<(long Ns, long Seq)>? logins = _pairs.Find(pair);
        if (logins is null)
        {
            logins = new Queue<(long, long)>();
            _pairs.Set(pair, logins);
        }
        else if (logins.Count >= options.LoginsMin)
        {
            return; // told
        }

        while (logins.TryPeek(out (long Ns, long Seq) oldest)
            && occurred.MonotonicNs - oldest.Ns > options.Window.TotalNanoseconds)
        {
            logins.Dequeue();
        }

        logins.Enqueue((occurred.MonotonicNs, occurred.Seq));
        if (logins.Count < options.LoginsMin)
        {
            return;
        }

        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Probing,
            Severity = Severity.Medium,
            Confidence = 0.7,
            Subject = occurred.Subject,
            Flow = closed.Flow,
            Evidence = [.. logins.Select(login => login.Seq)],
            Explanation = $"{logins.Count} SSH sessions with {closed.Destination} one after another, none let in",
            Technique = "T1110.001",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }
}
