using System.Collections.Immutable;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Hiding what runs and what ran: an executable that is gone when it starts or never had a file (low; medium once it
/// calls out), the logs and histories of logins wiped (medium), a preloaded library, a proxy or a daemon's name
/// borrowed (low).
/// </summary>
/// <remarks>
/// Low where honest tools do the same: preloaded allocators, proxies of a company, login shells. Does not cover: a copy
/// of a program under another name, which is no crime either; names changed after the start.
/// </remarks>
internal sealed class ConcealmentDetector : IDetector
{
    private const int FoundMax = 65_536;

    private static readonly string[] Wipers = ["rm", "shred", "truncate", "wipe", "unlink", "srm", "dd", "cp", "ln"];

    private static readonly string[] Traces =
    [
        "auth.log", "wtmp", "btmp", "lastlog", "utmp", "audit.log", ".bash_history", ".zsh_history", ".python_history",
        "/var/log/secure", "/var/log/syslog", "/var/log/messages",
    ];

    private static readonly string[] Daemons =
    [
        "systemd", "init", "sshd", "cron", "crond", "dbus-daemon", "rsyslogd", "containerd", "dockerd", "agetty",
        "systemd-journald", "systemd-udevd",
    ];

    private readonly BoundedMap<(SandboxId?, ToolCallId?, TextKey), bool> _found = new(FoundMax);
    private readonly BoundedMap<(SandboxId?, int), (long Seq, string What)> _gone = new(FoundMax);

    public string Name => "evasion-concealment";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (!Actor.Acted(occurred.Subject))
        {
            return;
        }

        switch (occurred.Fact)
        {
            case Fact.ProcessExecuted executed:
                Executed(occurred, executed, findings);
                break;
            case Fact.ConnectAttempted connect when occurred.Subject.Pid is { } pid
                && !IPAddress.IsLoopback(connect.Destination.Address)
                && _gone.Find((occurred.Subject.Sandbox, pid)) is { Seq: > 0 } gone:
                Tell(occurred, "gone-outside", Severity.Medium, "T1620",
                    $"{gone.What} and called {connect.Destination}", findings, gone.Seq);
                break;
            case Fact.ToolCallStarted started:
                foreach (ImmutableArray<string> words in Commands.Read(started.Command))
                {
                    Wiped(occurred, words, findings);
                }

                break;
            case Fact.EnvironmentChanged changed:
                foreach (string name in changed.Names)
                {
                    Changed(occurred, name, findings);
                }

                break;
        }
    }

    private void Executed(Event occurred, Fact.ProcessExecuted executed, ICollection<Finding> findings)
    {
        string called = executed.Arguments.IsEmpty ? "" : SshCommandLine.BaseName(executed.Arguments[0]);
        string? gone = executed.Executable.StartsWith("memfd:", StringComparison.Ordinal)
            ? $"ran a program that never had a file ({Texts.Shown(called)})"
            : executed.Deleted ? $"ran {Texts.Shown(executed.Executable)}, which was deleted before it started" : null;
        if (occurred.Subject.Pid is { } pid)
        {
            _gone.Remove((occurred.Subject.Sandbox, pid));
            if (gone is not null)
            {
                _gone.Set((occurred.Subject.Sandbox, pid), (occurred.Seq, gone));
            }
        }

        if (gone is not null)
        {
            Tell(occurred, "gone", Severity.Low, "T1620", gone, findings);
        }
        else if (Daemons.Contains(called) && SshCommandLine.BaseName(executed.Executable) is { } real
            && real != called && real is not ("busybox" or "systemd" or "toybox")
            && !executed.Executable.StartsWith("/usr/lib/systemd/", StringComparison.Ordinal))
        {
            Tell(occurred, called, Severity.Low, "T1036.005", $"{executed.Executable} calls itself {called}", findings);
        }

        Wiped(occurred, executed.Arguments, findings);
    }

    private void Wiped(Event occurred, ImmutableArray<string> words, ICollection<Finding> findings)
    {
        if (words.IsEmpty)
        {
            return;
        }

        string program = SshCommandLine.BaseName(words[0]);
        string? trace = !Wipers.Contains(program) ? null
            : program is "cp" or "ln" or "dd" ? words.Skip(1).Contains("/dev/null") || words.Contains("if=/dev/null")
                ? words.Skip(1).FirstOrDefault(IsTrace) : null
            : words.Skip(1).FirstOrDefault(IsTrace);
        if (trace is not null || (program == "history" && words.Contains("-c")))
        {
            Tell(occurred, "traces", Severity.Medium, "T1070.002",
                $"{program} wiped {trace ?? "the shell's history"}", findings);
        }
        else if (words.Any(word => word.StartsWith("LD_PRELOAD=", StringComparison.Ordinal)))
        {
            Tell(occurred, "LD_PRELOAD", Severity.Low, "T1574.006", "ran a program under a preloaded library",
                findings);
        }
    }

    private static bool IsTrace(string word) =>
        Array.Exists(Traces, trace => word.EndsWith(trace, StringComparison.Ordinal));

    private void Changed(Event occurred, string name, ICollection<Finding> findings)
    {
        (string? what, string technique) = name.ToUpperInvariant() switch
        {
            "LD_PRELOAD" or "LD_AUDIT" => ("made every later program load a library first", "T1574.006"),
            "HTTP_PROXY" or "HTTPS_PROXY" or "ALL_PROXY" => ("sent later calls through a proxy", "T1090"),
            "HISTFILE" or "HISTSIZE" => ("kept later commands out of the shell's history", "T1070.003"),
            _ => ((string?)null, ""),
        };
        if (what is not null)
        {
            Tell(occurred, name, Severity.Low, technique, $"{what} ({name})", findings);
        }
    }

    private void Tell(
        Event occurred, string kind, Severity severity, string technique, string explanation,
        ICollection<Finding> findings, long before = 0)
    {
        (SandboxId?, ToolCallId?, TextKey) key = (occurred.Subject.Sandbox, occurred.Subject.Call, kind);
        if (_found.Contains(key))
        {
            return;
        }

        _found.Set(key, true);
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Evasion,
            Severity = severity,
            Confidence = severity == Severity.Medium ? 0.7 : 0.2,
            Subject = occurred.Subject,
            Evidence = before > 0 ? [before, occurred.Seq] : [occurred.Seq],
            Explanation = explanation,
            Technique = technique,
            CompletedAtNs = occurred.MonotonicNs,
        });
    }
}
