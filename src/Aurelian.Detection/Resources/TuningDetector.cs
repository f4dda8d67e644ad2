using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Preparing a machine for mining: huge pages reserved, the prefetchers' registers written (msr). Medium where it is
/// done by the tools made for it, low where a command line only speaks of it.
/// </summary>
/// <remarks>Does not cover: a program that writes these files itself; in a sandbox it cannot.</remarks>
internal sealed class TuningDetector : IDetector
{
    private const int FoundMax = 65_536;

    private readonly BoundedMap<(SandboxId?, EpisodeId?, ToolCallId?), Severity> _found = new(FoundMax);

    public string Name => "resource-tuning";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        foreach (ImmutableArray<string> words in Executed.Read(occurred))
        {
            var who = (occurred.Subject.Sandbox, occurred.Subject.Episode, occurred.Subject.Call);
            if (Read(words) is not { } tuned || tuned.Severity <= _found.Find(who))
            {
                continue;
            }

            _found.Set(who, tuned.Severity);
            findings.Add(new Finding
            {
                Rule = Name,
                RuleVersion = 1,
                Category = Category.Resource,
                Severity = tuned.Severity,
                Confidence = tuned.Severity == Severity.Medium ? 0.7 : 0.2,
                Subject = occurred.Subject,
                Evidence = [occurred.Seq],
                Explanation = $"{SshCommandLine.BaseName(words[0])} {tuned.What}",
                Technique = "T1496.001",
                CompletedAtNs = occurred.MonotonicNs,
            });
        }
    }

    internal static (Severity Severity, string What)? Read(ImmutableArray<string> words)
    {
        if (words.IsEmpty)
        {
            return null;
        }

        string program = SshCommandLine.BaseName(words[0]);
        bool Says(string text) => words.Skip(1).Any(word => word.Contains(text, StringComparison.Ordinal));
        return program == "sysctl" && Says("nr_hugepages") && (words.Contains("-w") || Says("=")) ?
                (Severity.Medium, "reserved huge pages")
            : program is "wrmsr" || (program is "modprobe" or "insmod" && Says("msr")) ?
                (Severity.Medium, "wrote the processor's own registers (msr)")
            : program is "tee" && (Says("/nr_hugepages") || Says("/dev/cpu/")) ?
                (Severity.Medium, "wrote to the machine's huge pages or registers")
            : Writes(program) && (Says("/nr_hugepages") || Says("/msr")) ?
                (Severity.Low, "speaks of huge pages or msr")
            : null;
    }

    private static bool Writes(string program) =>
        program is "sh" or "bash" or "dash" or "python3" or "python" or "perl";
}
