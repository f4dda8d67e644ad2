using System.Globalization;
using System.Net;
using System.Text;
using Aurelian.Firewall;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Following;

/// <summary>
/// Egress rules that would have stopped what the alerts saw, and what they would break besides: an allow list of what
/// the honest episodes name (policy.toml, for Aurelian), and a deny list of where the alerts point (deny.csv, for a
/// firewall that works by one). Both are replayed over the traces, the alerts and the host's flows (replay.md).
/// </summary>
public static class ProposedRules
{
    private const int RulesMax = 400;

    /// <summary>A host that so few episodes name is no part of what the work needs.</summary>
    private const int EpisodesMin = 3;

    /// <summary>An episode is honest as far as no alert is attributed to it by more than this.</summary>
    private const double HonestMax = 0.2;

    /// <summary>An alert is the suspects' when no recorded call is less likely than this.</summary>
    private const double BackgroundMax = 0.5;

    /// <summary>The files written.</summary>
    public static IReadOnlyList<string> Write(SolvedCase solved, string folder)
    {
        ArgumentNullException.ThrowIfNull(solved);
        Directory.CreateDirectory(folder);
        DestinationBook book = new();
        IReadOnlyList<Named> named = Allowed(solved, book);
        string policy = PolicyText(named);
        (PolicyPlan? plan, IReadOnlyList<PolicyError> errors) = PolicyFile.Parse("policy.toml", policy);
        if (plan is null)
        {
            throw new InvalidOperationException($"The proposed policy is no policy: {errors[0]}");
        }

        IReadOnlyList<Denied> denied = Denials(solved);
        string[] files = ["policy.toml", "deny.csv", "replay.md"];
        string[] texts = [policy, DenyText(denied), RuleReplay.Text(solved, plan, denied, book)];
        for (int index = 0; index < files.Length; index++)
        {
            File.WriteAllText(Path.Combine(folder, files[index]), texts[index]);
        }

        return [.. files.Select(file => Path.Combine(folder, file))];
    }

    /// <summary>Episodes that an alert is attributed to.</summary>
    internal static HashSet<string> Guilty(SolvedCase solved) =>
        [.. solved.Suspects.Episodes.Where(each => each.Any > HonestMax).Select(each => each.Episode)];

    /// <summary>Attributed rather to a call than to none.</summary>
    internal static bool IsAttributed(SolvedCase solved, int alert) =>
        solved.Answer.Alerts[alert] is { Background: < BackgroundMax, Candidates.Count: > 0 };

    private static IReadOnlyList<Named> Allowed(SolvedCase solved, DestinationBook book)
    {
        HashSet<string> guilty = Guilty(solved);
        Dictionary<Destination, (HashSet<string> Episodes, int Calls)> named = [];
        foreach (CaseCall call in solved.Case.Calls)
        {
            if (call.Command is not { } command || guilty.Contains(call.Episode))
            {
                continue;
            }

            foreach (Destination destination in book.Of(command))
            {
                // An address in a command is no reason to open it.
                if (destination.Port > 0 && !IPAddress.TryParse(destination.Host, out _))
                {
                    (HashSet<string> episodes, int calls) = named.GetValueOrDefault(destination, ([], 0));
                    episodes.Add(call.Episode);
                    named[destination] = (episodes, calls + 1);
                }
            }
        }

        return [.. named.Where(each => each.Value.Episodes.Count >= EpisodesMin)
            .Select(each => new Named(each.Key, each.Value.Episodes.Count, each.Value.Calls))
            .OrderByDescending(each => each.Episodes).ThenBy(each => each.Where.Host, StringComparer.Ordinal)
            .ThenBy(each => each.Where.Port).Take(RulesMax)];
    }

    private static IReadOnlyList<Denied> Denials(SolvedCase solved)
    {
        Dictionary<(string Address, int Port), Denied> denied = [];
        for (int index = 0; index < solved.Case.Alerts.Count; index++)
        {
            CaseAlert alert = solved.Case.Alerts[index];
            if (alert.DuplicateOf is null && alert.DestinationAddress is { } address)
            {
                (string, int) key = (address, alert.DestinationPort ?? 0);
                Denied known = denied.GetValueOrDefault(key) ?? new Denied(address, key.Item2, 0, 0, alert.Type);
                denied[key] = IsAttributed(solved, index) ? known with { Stopped = known.Stopped + 1 }
                    : known with { Others = known.Others + 1 };
            }
        }

        return [.. denied.Values.Where(each => each.Stopped > 0).OrderByDescending(each => each.Stopped)
            .ThenBy(each => each.Address, StringComparer.Ordinal).ThenBy(each => each.Port)];
    }

    private static string PolicyText(IReadOnlyList<Named> named)
    {
        StringBuilder text = new();
        text.AppendLine("# Proposed by 'aurelian investigate --rules': nothing leaves a sandbox but what the honest");
        text.AppendLine("# episodes' commands name. Read replay.md before you use it; then aurelian run --policy FILE");
        foreach (Named each in named)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
                $"# named by {each.Episodes} episodes in {each.Calls} calls");
            text.AppendLine("[[allow]]");
            text.AppendLine(CultureInfo.InvariantCulture, $"name = \"{each.Where.Host}\"");
            text.AppendLine(CultureInfo.InvariantCulture, $"ports = [{each.Where.Port}]");
            text.AppendLine(CultureInfo.InvariantCulture, $"protocol = \"{each.Where.Protocol}\"");
        }

        return text.ToString();
    }

    private static string DenyText(IReadOnlyList<Denied> denied)
    {
        StringBuilder text = new("destination,port,alerts_stopped,other_alerts_stopped,type\n");
        foreach (Denied each in denied)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{each.Address},{(each.Port > 0 ? each.Port : "any")},"
                + $"{each.Stopped},{each.Others},\"{each.Type.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }

        return text.ToString();
    }

    private sealed record Named(Destination Where, int Episodes, int Calls);
}

/// <param name="Stopped">Alerts that are attributed to a call.</param>
/// <param name="Others">Alerts that are not: the rule stops them, too.</param>
internal sealed record Denied(string Address, int Port, int Stopped, int Others, string Type);
