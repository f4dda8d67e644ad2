using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Looking for credentials: reading files that hold them (low for one kind, medium for three), searching the whole
/// machine for them (medium), handing one to a program that sends (high).
/// </summary>
/// <remarks>
/// By command lines alone. Using a key is honest, so <c>ssh -i</c>, <c>ssh-keygen</c> and <c>chmod</c> do not count.
/// Does not cover: a program that opens the files itself.
/// </remarks>
internal sealed class CredentialDetector : IDetector
{
    private const int CallsMax = 65_536;
    private const int KindsForMedium = 3;

    private static readonly string[] Readers =
    [
        "cat", "head", "tail", "less", "more", "strings", "base64", "xxd", "od", "hexdump", "grep", "egrep", "rg",
        "awk", "sed", "tar", "zip", "gzip", "cp", "dd", "jq", "openssl", "nl", "tac",
    ];

    private static readonly string[] Senders = ["curl", "wget", "nc", "ncat", "scp", "rsync", "socat", "http", "ftp"];
    private static readonly string[] Searchers = ["find", "grep", "egrep", "rg", "locate", "fd"];
    private static readonly string[] EveryPlace = ["/", "/home", "/root", "/etc", "~", "/home/", "/root/", "~/"];

    private readonly BoundedMap<(SandboxId?, EpisodeId?, ToolCallId?), State> _states = new(CallsMax);

    public string Name => "credential-search";

    internal static bool Reads(string program) => Readers.Contains(program) || Senders.Contains(program);

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        foreach (ImmutableArray<string> words in Executed.Read(occurred))
        {
            string program = SshCommandLine.BaseName(words[0]);
            string? file = words.Skip(1).Select(SecretFiles.In).FirstOrDefault(each => each is not null);
            if (Senders.Contains(program) && file is not null && Sends(program, words))
            {
                Tell(occurred, Severity.High, $"{program} was given {file} to send", findings);
            }
            else if (Searchers.Contains(program) && SearchesEverywhere(words))
            {
                Tell(occurred, Severity.Medium, $"{program} searched the whole machine for credentials", findings);
            }
            else if (Readers.Contains(program) && file is not null)
            {
                State state = StateOf(occurred);
                bool many = state.Kinds.Count < KindsForMedium && state.Kinds.Add(SshCommandLine.BaseName(file))
                    && state.Kinds.Count == KindsForMedium;
                Tell(occurred, many ? Severity.Medium : Severity.Low, many
                    ? $"read {KindsForMedium} kinds of files with credentials, the last {file}"
                    : $"{program} read {file}", findings);
            }
        }
    }

    /// <summary>A file beside an option that sends it, not one that a client's own login comes from.</summary>
    private static bool Sends(string program, ImmutableArray<string> words) => program switch
    {
        "curl" or "http" => words.Skip(1).Any(word => SecretFiles.In(word) is not null && word.Contains('@'))
            || Follows(words, "-T", "--upload-file"),
        "wget" => words.Any(word => word.StartsWith("--post-file=", StringComparison.Ordinal)
            || word.StartsWith("--body-file=", StringComparison.Ordinal)) || Follows(words, "--post-file"),
        "scp" or "rsync" => words[^1].Contains(':') && words.Skip(1).SkipLast(1).Where((word, index) =>
            words[index] is not ("-i" or "-F" or "-e" or "-o") && !word.StartsWith('-'))
            .Any(word => SecretFiles.In(word) is not null),
        "socat" => words.Any(word => word.StartsWith("FILE:", StringComparison.OrdinalIgnoreCase)
            || word.StartsWith("OPEN:", StringComparison.OrdinalIgnoreCase)),
        _ => true,
    };

    private static bool Follows(ImmutableArray<string> words, params string[] options) =>
        Enumerable.Range(1, words.Length - 1).Any(at =>
            options.Contains(words[at - 1]) && SecretFiles.In(words[at]) is not null);

    private static bool SearchesEverywhere(ImmutableArray<string> words) =>
        words.Skip(1).Any(EveryPlace.Contains) && words.Skip(1).Any(word =>
            (SecretFiles.In("/" + word.Trim('*', '/')) is { } file && !IsSettings(file))
            || word is ".aws" or ".ssh" || word.Contains("PRIVATE KEY", StringComparison.Ordinal)
            || word.Contains("aws_secret", StringComparison.OrdinalIgnoreCase));

    /// <summary>Files that people look for to see why a tool behaves as it does.</summary>
    private static bool IsSettings(string file) => file.EndsWith("rc", StringComparison.Ordinal)
        || file.EndsWith("/config", StringComparison.Ordinal) || file.EndsWith("sudoers", StringComparison.Ordinal);

    private State StateOf(Event occurred)
    {
        var who = (occurred.Subject.Sandbox, occurred.Subject.Episode, occurred.Subject.Call);
        State? state = _states.Find(who);
        if (state is null)
        {
            state = new State();
            _states.Set(who, state);
        }

        return state;
    }

    private void Tell(Event occurred, Severity severity, string explanation, ICollection<Finding> findings)
    {
        State state = StateOf(occurred);
        if (severity <= state.Told)
        {
            return;
        }

        state.Told = severity;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Exfiltration,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.9 : severity == Severity.Medium ? 0.7 : 0.3,
            Subject = occurred.Subject,
            Evidence = [occurred.Seq],
            Explanation = explanation,
            Technique = "T1552.001",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private sealed class State
    {
        internal HashSet<TextKey> Kinds { get; } = [];

        internal Severity Told { get; set; }
    }
}
