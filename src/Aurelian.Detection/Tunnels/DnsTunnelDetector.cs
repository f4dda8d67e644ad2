using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Data in the names that are asked for: the information that a domain's distinct subdomains carry within a window
/// (information-based heavy hitters, arXiv 2307.02614).
/// </summary>
/// <remarks>
/// Counted by domain and sandbox; in other tools' files by domain alone, as at a resolver. Reverse lookups and names of
/// the local link are not looked at: they lead to nobody's server. Does not cover: one bit a name, many domains.
/// </remarks>
internal sealed class DnsTunnelDetector(DnsTunnelOptions options) : IDetector
{
    private const int DomainsMax = 2048;
    private const int EvidenceMax = 16;

    private static readonly string[] Local = [".arpa", ".local", ".localhost", ".internal", ".lan"];

    private readonly BoundedMap<(SandboxId?, TextKey), State> _domains = new(DomainsMax);

    public string Name => "tunnel-dns";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (occurred.Fact is Fact.DnsAsked asked && Actor.Acted(occurred.Subject) && asked.Name.Contains('.')
            && !IsLocal(asked.Name))
        {
            Count(occurred, asked, findings);
        }
    }

    private static bool IsLocal(string name)
    {
        foreach (string each in Local)
        {
            if (name.EndsWith(each, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private void Count(Event occurred, Fact.DnsAsked asked, ICollection<Finding> findings)
    {
        int length = RegisteredDomain.SubdomainLength(asked.Name);
        if (length == 0)
        {
            return;
        }

        string domain = asked.Name.AsSpan(length).TrimStart('.').ToString();
        (SandboxId?, TextKey) key = (occurred.Subject.Sandbox, domain);
        State? state = _domains.Find(key);
        if (state is null)
        {
            state = new State(options);
            _domains.Set(key, state);
        }

        // A tunnel that was found hides nothing by going on.
        int holder = state.Told == Severity.Info ? Evictions.Owner : 0;
        if (state.Told < Severity.High
            && state.Names.TryAdd(asked.Name.AsSpan(0, length), occurred.MonotonicNs, holder))
        {
            state.Remember(occurred.Seq, EvidenceMax);
            Judge(state, occurred, asked, domain, findings);
        }
    }

    private void Judge(
        State state, Event occurred, Fact.DnsAsked asked, string domain, ICollection<Finding> findings)
    {
        if (state.Names.Names < options.NamesMin)
        {
            return;
        }

        double bytes = state.Names.Bytes();
        Severity severity = bytes < options.SuspectBytes || bytes / state.Names.Names < options.BytesPerNameMin
            ? Severity.Info : bytes < options.CertainBytes ? Severity.Medium : Severity.High;
        if (severity <= state.Told)
        {
            return;
        }

        state.Told = severity;
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Tunnel,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.95 : 0.7,
            Subject = occurred.Subject,
            Flow = asked.Flow,
            Evidence = [.. state.Evidence],
            Explanation = $"asked for {state.Names.Names} names of {(domain.Length > 0 ? domain : "no domain")} "
                + $"that carry about {bytes:0} bytes",
            Technique = "T1071.004",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private sealed class State(DnsTunnelOptions options)
    {
        internal NameInformation Names { get; } = new(options.HalfWindow);

        internal Queue<long> Evidence { get; } = new();

        internal Severity Told { get; set; }

        internal void Remember(long seq, int max)
        {
            Evidence.Enqueue(seq);
            if (Evidence.Count > max)
            {
                Evidence.Dequeue();
            }
        }
    }
}
