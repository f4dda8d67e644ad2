using Aurelian.Detection;

namespace Aurelian.Rules;

/// <summary>
/// The rules that a run or a replay is watched by: our own, and those of folders that the user names.
/// </summary>
public static class RuleSets
{
    /// <param name="contain">The user's rules of level high and critical contain, too (docs/decisions/0018).</param>
    /// <returns>Null with the mistakes where a folder cannot be read or nothing of it is honoured; where only some
    /// rules are refused they stand in <see cref="SigmaRules.Refusals"/>, for whoever loads them to say.</returns>
    public static (SigmaRules? Rules, IReadOnlyList<string> Mistakes) Load(IEnumerable<string> folders, bool contain)
    {
        List<string> mistakes = [];
        List<SigmaFile> files = [];
        foreach (string folder in folders)
        {
            (RuleFolder read, IReadOnlyList<string> wrong) = RuleFolder.Read(
                folder, contain ? SigmaTrust.Contains : SigmaTrust.Suspects);
            mistakes.AddRange(wrong.Select(each => $"rules: {each}"));
            files.AddRange(read.Rules);
        }

        if (files.Count == 0)
        {
            return mistakes.Count > 0 ? (null, mistakes) : (SigmaRules.Ours, []);
        }

        SigmaRules rules = SigmaRules.Load(files);
        if (mistakes.Count == 0 && !rules.Rules.Any(rule => rule.Trust != SigmaTrust.Ours))
        {
            SigmaRefusal first = rules.Refusals[0];
            mistakes.Add($"rules: none is honoured; the first, {first.File}: {first.Reason}");
        }

        return mistakes.Count > 0 ? (null, mistakes) : (rules, []);
    }

    /// <summary>One sentence on what was refused; null where nothing was.</summary>
    public static string? Warning(SigmaRules rules) => rules.Refusals.Count == 0 ? null
        : $"rules: {rules.Rules.Count(rule => rule.Trust != SigmaTrust.Ours)} are loaded and {rules.Refusals.Count} "
            + "refused; 'aurelian rules import DIR' says why of each";
}
