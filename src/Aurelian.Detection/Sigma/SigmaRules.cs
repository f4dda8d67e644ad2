using System.Reflection;

namespace Aurelian.Detection;

/// <summary>
/// A set of Sigma rules, compiled: those that are honoured in full, and of every other one the reason why it is not.
/// Immutable; many detectors may run it at once.
/// </summary>
public sealed class SigmaRules
{
    private const int RulesMax = 100_000;
    private const string Folder = "rules/";

    private static readonly Lazy<SigmaRules> Own = new(() => Load([]));

    private SigmaRules(
        IReadOnlyList<SigmaRule> rules, IReadOnlyList<SigmaRefusal> refusals,
        IReadOnlyList<ResolvedCorrelation> correlations)
    {
        Rules = rules;
        Refusals = refusals;
        Correlations = correlations;
        Program = new SigmaProgram([.. rules.Select((rule, number) => (number, rule))
            .Where(each => each.rule.Detection is not null)
            .Select(each => (each.number, each.rule.Source!.Value, each.rule.Detection!))]);
    }

    /// <summary>Our own, from <c>rules/</c>.</summary>
    public static SigmaRules Ours => Own.Value;

    public IReadOnlyList<SigmaRule> Rules { get; }

    public IReadOnlyList<SigmaRefusal> Refusals { get; }

    internal SigmaProgram Program { get; }

    internal IReadOnlyList<ResolvedCorrelation> Correlations { get; }

    /// <summary>Our own rules as texts, as they were built in.</summary>
    public static IReadOnlyList<SigmaFile> OurFiles()
    {
        Assembly assembly = typeof(SigmaRules).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
                return new SigmaFile(name, reader.ReadToEnd(), SigmaTrust.Ours);
            })];
    }

    /// <summary>Our own rules and these. One with the id or name of one of ours takes its place.</summary>
    public static SigmaRules Load(IEnumerable<SigmaFile> files) => Read(files.Concat(OurFiles()));

    /// <summary>These alone.</summary>
    public static SigmaRules Read(IEnumerable<SigmaFile> files)
    {
        List<SigmaRefusal> refusals = [];
        List<SigmaRule> rules = [];
        HashSet<string> taken = [];
        foreach (SigmaFile file in files)
        {
            foreach (SigmaRule rule in ReadFile(file, refusals))
            {
                string[] names = [.. new[] { rule.Id, rule.Alias }.OfType<string>().Distinct()];
                if (names.FirstOrDefault(taken.Contains) is not { } name && rules.Count < RulesMax)
                {
                    taken.UnionWith(names);
                    rules.Add(rule);
                }
                else if (rule.Trust != SigmaTrust.Ours)
                {
                    refusals.Add(Refuse(rule, rules.Count >= RulesMax ? $"is one of more than {RulesMax} rules"
                        : $"its id or name '{names.First(taken.Contains)}' is another rule's, too"));
                }
            }
        }

        return Resolve(rules, refusals);
    }

    private static List<SigmaRule> ReadFile(SigmaFile file, List<SigmaRefusal> refusals)
    {
        string stem = Path.GetFileNameWithoutExtension(file.Name);
        (IReadOnlyList<YamlNode> documents, string? mistake) = YamlText.Read(file.Text);
        if (mistake is not null || documents.Count == 0)
        {
            refusals.Add(new SigmaRefusal(file.Name, 1, stem, mistake ?? "holds no rule"));
            return [];
        }

        List<SigmaRule> rules = [];
        for (int number = 1; number <= documents.Count; number++)
        {
            (SigmaRule? rule, SigmaRefusal? refusal) = SigmaRuleReader.Read(
                documents[number - 1], file, documents.Count == 1 ? stem : $"{stem}-{number}");
            if (rule is not null)
            {
                rules.Add(rule);
            }
            else
            {
                refusals.Add(refusal!);
            }
        }

        return rules;
    }

    /// <summary>A correlation that is refused takes with it those that name it, so again until none is.</summary>
    private static SigmaRules Resolve(List<SigmaRule> rules, List<SigmaRefusal> refusals)
    {
        while (true)
        {
            CorrelationResolver resolver = new(rules);
            List<ResolvedCorrelation> correlations = [];
            List<SigmaRule> refused = [];
            for (int number = 0; number < rules.Count; number++)
            {
                try
                {
                    if (rules[number].Correlation is not null)
                    {
                        correlations.Add(resolver.Resolve(number));
                    }
                }
                catch (RefusedException exception)
                {
                    refused.Add(rules[number]);
                    refusals.Add(Refuse(rules[number], exception.Message));
                }
            }

            if (refused.Count == 0)
            {
                return new SigmaRules(Silenced(rules, correlations), refusals, correlations);
            }

            rules.RemoveAll(refused.Contains);
        }
    }

    /// <summary>What a correlation counts tells of itself only where the correlation says so; ours always do.</summary>
    private static SigmaRule[] Silenced(List<SigmaRule> rules, List<ResolvedCorrelation> correlations)
    {
        HashSet<int> silent = [.. correlations.Where(each => !each.Plan.Generate).SelectMany(each =>
            each.Members.Keys.Where(member => rules[member].Trust != SigmaTrust.Ours
                || rules[each.Number].Trust == SigmaTrust.Ours))];
        return [.. rules.Select((rule, number) => silent.Contains(number) ? rule with { Silent = true } : rule)];
    }

    private static SigmaRefusal Refuse(SigmaRule rule, string reason) =>
        new(rule.File, rule.Line, rule.Title, reason);
}
