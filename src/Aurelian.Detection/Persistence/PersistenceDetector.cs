using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// What would run again after the call: files written where the machine, a login or a tool looks for what to run, and
/// <c>crontab</c> given a table.
/// </summary>
/// <remarks>
/// Files are judged by place, as a fact holds no content; where the call's text says what is written, by that as
/// well: a lint hook stays low, one that runs what it fetches is medium, the same for cron or systemd is high. Package
/// managers write such files honestly and are known by their executable. Does not cover: a package that the agent made
/// itself.
/// </remarks>
internal sealed class PersistenceDetector : IDetector
{
    private const int ProcessesMax = 65_536;
    private const int FoundMax = 65_536;

    private static readonly string[] PackageManagers =
    [
        "dpkg", "dpkg-deb", "apt", "apt-get", "rpm", "dnf", "yum", "apk", "pacman", "update-rc.d", "systemctl",
        "deb-systemd-helper", "dpkg-divert", "ucf",
    ];

    private readonly BoundedMap<(SandboxId?, int), bool> _managers = new(ProcessesMax);
    private readonly BoundedMap<(ToolCallId?, SandboxId?, TextKey), bool> _found = new(FoundMax);

    public string Name => "persistence-place";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        switch (occurred.Fact)
        {
            case Fact.ProcessForked forked when occurred.Subject.Pid is { } child
                && _managers.Contains((occurred.Subject.Sandbox, forked.ParentPid)):
                _managers.Set((occurred.Subject.Sandbox, child), true);
                break;
            case Fact.ProcessExited when occurred.Subject.Pid is { } ended:
                _managers.Remove((occurred.Subject.Sandbox, ended));
                break;
            case Fact.ProcessExecuted executed when Actor.Acted(occurred.Subject):
                Run(occurred, executed, findings);
                break;
            case Fact.ToolCallStarted started when PersistentContent.Find(started.Command) is { } written:
                Severity severity = PersistentPlaces.Judge(written.Path)?.Severity == Severity.Medium
                    ? Severity.High : Severity.Medium;
                Tell(occurred, severity, $"{written.Path} {written.What}",
                    $"writes {written.Path}, and what it writes {written.What}", findings);
                break;
            case Fact.FileOpenedForWriting written when Actor.Acted(occurred.Subject)
                && PersistentPlaces.Judge(written.Path) is { } judged && !IsManager(occurred.Subject):
                Tell(occurred, judged.Severity, written.Path, $"wrote {written.Path}: {judged.What}", findings);
                break;
        }
    }

    private bool IsManager(in Subject subject) =>
        subject.Pid is { } pid && _managers.Contains((subject.Sandbox, pid));

    private void Run(Event occurred, Fact.ProcessExecuted executed, ICollection<Finding> findings)
    {
        string program = SshCommandLine.BaseName(executed.Executable);
        if (occurred.Subject.Pid is { } pid)
        {
            // A maintainer's script is run by dpkg: what it starts is its doing too.
            (SandboxId?, int) key = (occurred.Subject.Sandbox, pid);
            if (PackageManagers.Contains(program) || _managers.Contains((key.Item1, executed.ParentPid)))
            {
                _managers.Set(key, true);
            }

            if (_managers.Contains(key))
            {
                return;
            }
        }

        if (program == "crontab" && executed.Arguments.Length > 1 && !executed.Arguments.Contains("-l")
            && !executed.Arguments.Contains("-r"))
        {
            Tell(occurred, Severity.Medium, program, "gave cron a table", findings);
        }
    }

    private void Tell(
        Event occurred, Severity severity, string what, string explanation, ICollection<Finding> findings)
    {
        (ToolCallId?, SandboxId?, TextKey) key = (occurred.Subject.Call, occurred.Subject.Sandbox, what);
        if (_found.Contains(key))
        {
            return;
        }

        _found.Set(key, true);
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Persistence,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.9 : severity == Severity.Medium ? 0.7 : 0.2,
            Subject = occurred.Subject,
            Evidence = [occurred.Seq],
            Explanation = explanation,
            Technique = "T1053.003",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }
}
