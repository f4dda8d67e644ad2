using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>What a rule's ATT&amp;CK tags say of the kind of threat; a technique says more than a tactic.</summary>
internal static class SigmaTags
{
    private const string Prefix = "attack.";

    private static readonly (string Technique, Category Category)[] Techniques =
    [
        ("t1496", Category.Mining), ("t1572", Category.Tunnel), ("t1090", Category.Tunnel), ("t1219", Category.Tunnel),
        ("t1071", Category.Tunnel), ("t1095", Category.Tunnel), ("t1571", Category.Tunnel), ("t1573", Category.Tunnel),
        ("t1552.005", Category.Metadata), ("t1046", Category.Probing), ("t1018", Category.Probing),
        ("t1110", Category.Probing), ("t1595", Category.Probing), ("t1498", Category.Resource),
        ("t1499", Category.Resource), ("t1552", Category.Exfiltration), ("t1555", Category.Exfiltration),
        ("t1003", Category.Exfiltration), ("t1048", Category.Exfiltration), ("t1041", Category.Exfiltration),
        ("t1567", Category.Exfiltration), ("t1053", Category.Persistence), ("t1543", Category.Persistence),
        ("t1546", Category.Persistence), ("t1547", Category.Persistence), ("t1098", Category.Persistence),
        ("t1136", Category.Persistence), ("t1070", Category.Evasion), ("t1036", Category.Evasion),
        ("t1562", Category.Evasion), ("t1556", Category.Persistence), ("t1574", Category.Evasion),
        ("t1548", Category.Evasion),
    ];

    private static readonly (string Tactic, Category Category)[] Tactics =
    [
        ("command-and-control", Category.Tunnel), ("credential-access", Category.Exfiltration),
        ("exfiltration", Category.Exfiltration), ("collection", Category.Exfiltration),
        ("lateral-movement", Category.Probing), ("discovery", Category.Probing), ("reconnaissance", Category.Probing),
        ("persistence", Category.Persistence), ("impact", Category.Resource),
    ];

    internal static string? TechniqueOf(IEnumerable<string> tags) => Attack(tags)
        .FirstOrDefault(tag => tag.Length > 4 && tag[0] == 't' && char.IsAsciiDigit(tag[1]))?.ToUpperInvariant();

    /// <summary>Where nothing says more, a rule is about something that is done unseen.</summary>
    internal static Category CategoryOf(IEnumerable<string> tags)
    {
        string[] attack = [.. Attack(tags)];
        foreach ((string technique, Category category) in Techniques)
        {
            if (Array.Exists(attack, tag => tag == technique
                || tag.StartsWith(technique + '.', StringComparison.Ordinal)))
            {
                return category;
            }
        }

        return Tactics.Where(each => attack.Contains(each.Tactic)).Select(each => (Category?)each.Category)
            .FirstOrDefault() ?? Category.Evasion;
    }

    /// <summary>Tactics were written with underscores before version 2 of the specification.</summary>
    private static IEnumerable<string> Attack(IEnumerable<string> tags) => tags
        .Where(tag => tag.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        .Select(tag => tag[Prefix.Length..].ToLowerInvariant().Replace('_', '-'));
}
