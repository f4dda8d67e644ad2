using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Guessing passwords, by command line: a guessing tool with its lists, or one client given one password after another
/// for the same place (high).
/// </summary>
/// <remarks>Does not cover: a program that guesses by itself; its sessions are the other detector's.</remarks>
internal sealed class PasswordToolDetector : IDetector
{
    internal const int PasswordsMin = 5;
    private const int PairsMax = 16_384;

    private static readonly string[] Tools = ["hydra", "medusa", "ncrack", "patator", "crowbar", "thc-hydra"];
    private static readonly string[] ListOptions = ["-l", "-L", "-p", "-P", "-C", "-u", "-U", "--user", "--passwords"];

    private readonly BoundedMap<(SandboxId?, EpisodeId?, TextKey), State> _pairs = new(PairsMax);

    public string Name => "probing-password-tool";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        foreach (ImmutableArray<string> words in Executed.Read(occurred))
        {
            string program = SshCommandLine.BaseName(words[0]);
            (string? target, string? password) = Tools.Contains(program) && words.Any(ListOptions.Contains)
                ? (program, "") : Guess(program, words);
            if (target is null)
            {
                continue;
            }

            (SandboxId?, EpisodeId?, TextKey) key = (occurred.Subject.Sandbox, occurred.Subject.Episode, target);
            State? state = _pairs.Find(key);
            if (state is null)
            {
                state = new State();
                _pairs.Set(key, state);
            }

            bool tool = string.IsNullOrEmpty(password);
            if (state.Add(password ?? "", occurred.Seq) || tool)
            {
                Tell(occurred, state, target, tool, findings);
            }
        }
    }

    private static (string? Target, string? Password) Guess(string program, ImmutableArray<string> words)
    {
        if (program == "sshpass" && words.Length > 3)
        {
            string? given = words.Skip(1).FirstOrDefault(word => word.StartsWith("-p", StringComparison.Ordinal));
            int at = given is null ? -1 : words.IndexOf(given);
            string? password = given is null ? null
                : given.Length > 2 ? given[2..] : words[Math.Min(at + 1, words.Length - 1)];
            string? host = words.Skip(at + 2).LastOrDefault(word => word.Contains('@'));
            return password is null ? (null, null) : (host, password);
        }

        if (program == "curl")
        {
            int at = words.IndexOf("-u") is var user and >= 0 ? user : words.IndexOf("--user");
            string? given = at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
            string? place = words.Skip(1).FirstOrDefault(word => word.Contains("://", StringComparison.Ordinal));
            return given?.Contains(':') == true ? (place, given) : (null, null);
        }

        return (null, null);
    }

    private void Tell(Event occurred, State state, string target, bool tool, ICollection<Finding> findings)
    {
        if (state.Found || (!tool && state.Count < PasswordsMin))
        {
            return;
        }

        state.Found = true;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Probing,
            Severity = Severity.High,
            Confidence = 0.95,
            Subject = occurred.Subject,
            Evidence = tool ? [occurred.Seq] : [.. state.Evidence],
            Explanation = tool ? $"ran {target}, which guesses passwords"
                : $"tried {state.Count} passwords for {target}, one after another",
            Technique = "T1110.001",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private sealed class State
    {
        private readonly HashSet<TextKey> _passwords = [];

        internal List<long> Evidence { get; } = [];

        internal int Count => _passwords.Count;

        internal bool Found { get; set; }

        /// <summary>True for a password that was not tried yet.</summary>
        internal bool Add(string password, long seq)
        {
            if (_passwords.Count >= PasswordsMin || !_passwords.Add(password))
            {
                return false;
            }

            Evidence.Add(seq);
            return true;
        }
    }
}
