using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Reporting;

/// <summary>The case's tables: what coincides, the suspects' commands, every alert, what was read.</summary>
internal static class CaseTables
{
    private const double FoundMax = 0.05;
    private const int AssociationsMax = 12, SuspectsMax = 16, SuspectsOpen = 6, AlertsMax = 400, SkippedMax = 40;

    internal static void WriteAssociations(CaseHtml html, SolvedCase solved)
    {
        Association[] found = [.. solved.Answer.Associations.Where(each => each.QValue <= FoundMax)];
        if (found.Length == 0)
        {
            html.Raw("<p>").Text(solved.Answer.Associations.Count == 0 ? "Nothing was tested."
                : $"Nothing: of {solved.Answer.Associations.Count} causes listed, none coincides with alerts more than "
                    + "chance allows.").Raw("</p>");
            return;
        }

        double most = found.Max(each => each.Alerts ?? 0);
        html.Raw("<div class=wide><table><tr><th>cause<th>value<th>alerts it explains<th class=n>rate while active")
            .Raw("<th class=n>95 %<th class=n>q");
        foreach (IGrouping<CauseKind, Association> kind in found.GroupBy(each => each.Kind))
        {
            foreach (Association each in kind.Take(AssociationsMax))
            {
                double share = most > 0 ? (each.Alerts ?? 0) / most : 0;
                html.Raw("<tr><td>").Text(CaseWords.Kind(each.Kind)).Raw("<td class=v><code>")
                    .Text(solved.Shown(each.Value)).Raw("</code><td class=w>")
                    .Raw($"<span class=meter style=\"width:{Math.Max(1, share * 90):0}px\"></span>")
                    .Text(CaseWords.Number(each.Alerts)).Raw("<td class=n>×").Text(CaseWords.Number(each.RateRatio))
                    .Raw("<td class=n>").Text(CaseWords.Range(each.Interval, "0.#")).Raw("<td class=n>")
                    .Text(CaseWords.Probability(each.QValue));
            }

            if (kind.Count() > AssociationsMax)
            {
                html.Raw("<tr><td>").Text(CaseWords.Kind(kind.Key)).Raw("<td class=\"v dim\" colspan=5>")
                    .Text($"and {kind.Count() - AssociationsMax} more");
            }
        }

        html.Raw("</table></div>");
    }

    internal static void WriteSuspects(CaseHtml html, SolvedCase solved)
    {
        IReadOnlyList<Suspect> suspects = solved.Suspects.Calls;
        if (suspects.Count == 0)
        {
            html.Raw("<p>No call is given a noticeable share of any alert.</p>");
            return;
        }

        for (int index = 0; index < Math.Min(suspects.Count, SuspectsMax); index++)
        {
            if (index == SuspectsOpen)
            {
                html.Raw("<details><summary>")
                    .Text($"{Math.Min(suspects.Count, SuspectsMax) - SuspectsOpen} more calls").Raw("</summary>");
            }

            WriteSuspect(html, solved, suspects[index]);
        }

        html.Raw(suspects.Count > SuspectsOpen ? "</details>" : "");
        if (suspects.Count > SuspectsMax)
        {
            html.Raw("<p class=dim>").Text($"{suspects.Count - SuspectsMax} further calls have a share of at least a "
                + "fifth of an alert; the JSON answer lists them alert by alert.").Raw("</p>");
        }
    }

    private static void WriteSuspect(CaseHtml html, SolvedCase solved, Suspect suspect)
    {
        CaseCall call = suspect.Call;
        html.Raw(suspect.Any >= 0.5 ? "<article class=card>" : "<article class=\"card weak\">")
            .Raw("<div class=top><b>").Text(call.Id).Raw("</b><span>").Text(
                $"{CaseWords.Number(suspect.Alerts)} alerts expected").Raw("</span><span class=dim>").Text(
                $"at least one with {CaseWords.Percent(suspect.Any)}").Raw("</span>");
        if (suspect.Exact > 0)
        {
            html.Raw("<span class=\"pill exact\">").Text($"{suspect.Exact} joined exactly by a flow record")
                .Raw("</span>");
        }

        html.Raw("</div><p class=where>").Text($"{call.Task ?? "no task"} · {call.Episode}"
                + (call.Step is { } step ? $" · step {step}" : "") + $" · {CaseWords.Moment(call.Start)} UTC, for "
                + CaseWords.Span(call.End - call.Start) + (call.WholeEpisode ? " (the whole episode: the trace has no "
                + "times of its own)" : ""))
            .Raw("</p><code>").Text(solved.Shown(call.Command ?? call.Tool)).Raw("</code><ul class=says>");
        foreach (CommandEvidence evidence in suspect.Evidence)
        {
            string severity = evidence.Severity.ToString().ToLowerInvariant();
            html.Raw($"<li><span class=\"pill {severity}\">").Text(evidence.Rule).Raw("</span> ")
                .Text(solved.Shown(evidence.Explanation)).Raw(" <span class=dim>").Text(evidence.Technique)
                .Raw("</span>");
        }

        foreach (string agreement in suspect.Agreements)
        {
            html.Raw("<li><span class=\"pill\">same destination</span> ").Text(agreement);
        }

        html.Raw(suspect.Evidence.Count + suspect.Agreements.Count == 0
            ? "<li class=dim>no detection rule speaks of this command" : "");
        foreach (CallLoad load in suspect.Loads)
        {
            html.Raw("<li><span class=\"pill\">load</span> ").Text(load.Sentence);
        }

        html.Raw("</ul></article>");
    }

    internal static void WriteAlerts(CaseHtml html, CaseTimeline timeline)
    {
        html.Raw("<details><summary>").Text(CaseWords.Counted(timeline.Marks.Count, "alert", "alerts")
                + " with their likely calls").Raw("</summary><div class=wide><table><tr><th class=n>line<th>stamp, as "
                + "written<th>kind<th>most likely call<th class=n>no recorded call");
        foreach (CaseTimeline.Mark mark in timeline.Marks.OrderBy(mark => mark.Alert.Source)
            .ThenBy(mark => mark.Alert.Line).Take(AlertsMax))
        {
            html.Raw($"<tr><td class=n>{mark.Alert.Line}<td>").Text(CaseWords.Moment(mark.Alert.Time)).Raw("<td>")
                .Text(mark.Alert.Type).Raw("<td class=v>");
            if (mark.Answer.Exact)
            {
                html.Raw("<span class=\"pill exact\">exact</span>");
            }

            foreach (Candidate candidate in mark.Answer.Candidates.Take(3).Where(each => each.Probability >= 0.01))
            {
                html.Raw($"<span class=meter style=\"width:{Math.Max(1, candidate.Probability * 60):0}px\"></span>")
                    .Text($"{candidate.ToolCall} {CaseWords.Percent(candidate.Probability)}").Raw("<br>");
            }

            html.Raw("<td class=n>").Text(mark.Answer.Background is { } none ? CaseWords.Percent(none) : "unknown");
        }

        html.Raw("</table></div>");
        if (timeline.Marks.Count > AlertsMax)
        {
            html.Raw("<p class=dim>").Text($"{timeline.Marks.Count - AlertsMax} more in the JSON answer.").Raw("</p>");
        }

        html.Raw("</details>");
    }

    internal static void WriteSources(CaseHtml html, InvestigationCase @case)
    {
        html.Raw("<div class=wide><table><tr><th>file<th>format<th class=n>records<th class=n>usable")
            .Raw("<th class=n>repeats<th class=n>skipped");
        foreach (CaseSource source in @case.Sources)
        {
            html.Raw("<tr><td class=v>").Text(Path.GetFileName(source.File.TrimEnd('/'))).Raw("<td>").Text(source.Kind)
                .Raw("<td class=n>").Text(CaseWords.Count(source.Records)).Raw("<td class=n>")
                .Text(CaseWords.Count(source.Usable)).Raw("<td class=n>").Text(CaseWords.Count(source.Duplicates))
                .Raw("<td class=n>").Text(CaseWords.Count(source.SkippedTotal));
        }

        html.Raw("</table></div>");
        foreach (CaseSource source in @case.Sources.Where(each => each.Notes.Count + each.Skipped.Count > 0))
        {
            html.Raw("<p><b>").Text(Path.GetFileName(source.File)).Raw("</b></p><ul>");
            foreach (string note in source.Notes)
            {
                html.Raw("<li>").Text(note);
            }

            foreach (SkippedLine skipped in source.Skipped.Take(SkippedMax))
            {
                html.Raw("<li>").Text($"line {skipped.Line}: {skipped.Reason}");
            }

            html.Raw(source.SkippedTotal > SkippedMax ? $"<li>and {source.SkippedTotal - SkippedMax} more" : "")
                .Raw("</ul>");
        }
    }
}
