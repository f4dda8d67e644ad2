using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// A command line that gives a pool's address in the form that miners take it: suspect before anything was said, and
/// where TLS hides what is.
/// </summary>
/// <remarks>
/// The option and the scheme together: whoever searches for or writes about pools has no such option. Does not cover:
/// pools named in a file or the environment.
/// </remarks>
internal sealed class MinerCommandDetector : IDetector
{
    private const int FoundMax = 65_536;

    private static readonly string[] Options = ["-o", "-P", "--url", "--pool", "--server"];
    private static readonly string[] Schemes = ["stratum", "stratums", "stratum1", "stratum2", "daemon+http"];

    private readonly BoundedMap<(SandboxId?, EpisodeId?, ToolCallId?), bool> _found = new(FoundMax);

    public string Name => "mining-command";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        foreach (ImmutableArray<string> words in Executed.Read(occurred))
        {
            var who = (occurred.Subject.Sandbox, occurred.Subject.Episode, occurred.Subject.Call);
            if (PoolIn(words) is { } pool && !_found.Contains(who))
            {
                _found.Set(who, true);
                findings.Add(new Finding
                {
                    Rule = Name,
                    RuleVersion = 1,
                    Category = Category.Mining,
                    Severity = Severity.Medium,
                    Confidence = 0.8,
                    Subject = occurred.Subject,
                    Evidence = [occurred.Seq],
                    Explanation = $"{SshCommandLine.BaseName(words[0])} was given a mining pool ({pool})",
                    Technique = "T1496",
                    CompletedAtNs = occurred.MonotonicNs,
                });
            }
        }
    }

    internal static string? PoolIn(ImmutableArray<string> words)
    {
        for (int at = 1; at < words.Length; at++)
        {
            string word = words[at];
            int equals = word.IndexOf('=');
            string? value = Options.Contains(words[at - 1]) ? word
                : equals > 0 && Options.Contains(word[..equals]) ? word[(equals + 1)..] : null;
            int scheme = value?.IndexOf("://", StringComparison.Ordinal) ?? -1;
            if (scheme > 0 && Array.Exists(Schemes, each => value!.StartsWith(each, StringComparison.Ordinal)
                && (scheme == each.Length || value[each.Length] == '+')))
            {
                return value!.Length > 128 ? value[..128] : value;
            }
        }

        return null;
    }
}
