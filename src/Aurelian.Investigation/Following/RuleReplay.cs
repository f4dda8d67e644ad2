using System.Globalization;
using System.Net;
using System.Text;
using Aurelian.Firewall;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Following;

/// <summary>Proposed rules over what is known: which alerts they stop, and which honest calls they refuse.</summary>
internal static class RuleReplay
{
    private const int RowsMax = 40;

    internal static string Text(
        SolvedCase solved, PolicyPlan plan, IReadOnlyList<Denied> denied, DestinationBook book)
    {
        StringBuilder text = new("# Replay of the proposed rules\n\n");
        int attributed = 0, others = 0, refusedAttributed = 0, refusedOthers = 0, denyAttributed = 0, denyOthers = 0;
        HashSet<(string, int)> denials = [.. denied.Select(each => (each.Address, each.Port))];
        for (int index = 0; index < solved.Case.Alerts.Count; index++)
        {
            CaseAlert alert = solved.Case.Alerts[index];
            if (alert.DuplicateOf is not null)
            {
                continue;
            }

            bool own = ProposedRules.IsAttributed(solved, index);
            bool refused = IsRefused(plan, alert);
            bool hit = denials.Contains((alert.DestinationAddress ?? "", alert.DestinationPort ?? 0));
            attributed += own ? 1 : 0;
            others += own ? 0 : 1;
            refusedAttributed += own && refused ? 1 : 0;
            refusedOthers += !own && refused ? 1 : 0;
            denyAttributed += own && hit ? 1 : 0;
            denyOthers += !own && hit ? 1 : 0;
        }

        text.AppendLine("| rules | alerts attributed to a call: stopped | other alerts: stopped |");
        text.AppendLine("|---|---|---|");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| policy.toml (allow list, all else refused) | {refusedAttributed} of {attributed} | "
            + $"{refusedOthers} of {others} |");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| deny.csv ({denied.Count} destinations) | {denyAttributed} of {attributed} | "
            + $"{denyOthers} of {others} |");
        text.AppendLine().AppendLine("An alert names an address that no rule of policy.toml was asked for by name: it "
            + "is refused. A deny list stops what is known and nothing else; the next pool has another address.");
        Calls(solved, plan, book, text);
        Flows(solved, denials, text);
        text.AppendLine().AppendLine("Over the texts of commands this is a lower bound: what a build or a script asks "
            + "for while it runs stands in no command. Run the policy on a few episodes before all of them.");
        return text.ToString();
    }

    private static void Calls(SolvedCase solved, PolicyPlan plan, DestinationBook book, StringBuilder text)
    {
        HashSet<string> guilty = ProposedRules.Guilty(solved);
        Dictionary<Destination, (HashSet<string> Tasks, int Calls)> refused = [];
        int going = 0, broken = 0, stopped = 0;
        foreach (CaseCall call in solved.Case.Calls)
        {
            IReadOnlyList<Destination> destinations = book.Of(call.Command);
            Destination[] away = [.. destinations.Where(each => !IsAllowed(plan, each))];
            going += destinations.Count > 0 ? 1 : 0;
            if (away.Length == 0)
            {
                continue;
            }

            if (guilty.Contains(call.Episode))
            {
                stopped++;
                continue;
            }

            broken++;
            foreach (Destination each in away)
            {
                (HashSet<string> tasks, int calls) = refused.GetValueOrDefault(each, ([], 0));
                tasks.Add(call.Task ?? call.Episode);
                refused[each] = (tasks, calls + 1);
            }
        }

        text.AppendLine().AppendLine("## What policy.toml would break").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{going} of {solved.Case.Calls.Count} calls name a destination. Refused: {stopped} calls of episodes that "
            + $"an alert is attributed to, and {broken} of the others:");
        if (refused.Count > 0)
        {
            text.AppendLine().AppendLine("| destination | calls | tasks |").AppendLine("|---|---|---|");
        }

        foreach ((Destination where, (HashSet<string> tasks, int calls)) in refused
            .OrderByDescending(each => each.Value.Calls).ThenBy(each => each.Key.Host, StringComparer.Ordinal)
            .ThenBy(each => each.Key.Port).Take(RowsMax))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {where.Host}:{where.Port} | {calls} | {tasks.Count} |");
        }

        if (refused.Count > RowsMax)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| and {refused.Count - RowsMax} more destinations | | |");
        }
    }

    private static void Flows(SolvedCase solved, HashSet<(string, int)> denials, StringBuilder text)
    {
        if (solved.Case.Flows.Count == 0)
        {
            return;
        }

        CaseFlow[] hit = [.. solved.Case.Flows.Where(flow =>
            denials.Contains((flow.DestinationAddress, flow.DestinationPort ?? 0)))];
        text.AppendLine().AppendLine("## The host's flows").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"deny.csv would have stopped {hit.Length} of {solved.Case.Flows.Count} recorded connections, of "
            + $"{hit.Select(flow => flow.SourceAddress ?? flow.Episode).Distinct().Count()} sandboxes' addresses.");
    }

    private static bool IsRefused(PolicyPlan plan, CaseAlert alert) => plan.Find(null,
        IPAddress.TryParse(alert.DestinationAddress, out IPAddress? address) ? address : IPAddress.None,
        alert.DestinationPort ?? 0) is null;

    private static bool IsAllowed(PolicyPlan plan, Destination where) => IPAddress.TryParse(
        where.Host, out IPAddress? address) ? plan.Find(null, address, where.Port) is not null
        : plan.Find(where.Host, IPAddress.None, where.Port) is not null;
}
