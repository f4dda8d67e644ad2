using System.Globalization;
using Aurelian.Response;

namespace Aurelian.Cli;

/// <summary>Every incident of a run with its evidence, as plain lines.</summary>
internal static class IncidentsText
{
    internal static void Write(RunSummary summary, TextWriter writer)
    {
        writer.WriteLine($"Run {summary.Run}: {summary.Episodes.Count} episodes, {summary.Incidents.Count} incidents");
        if (summary.Ending != RunEnding.Whole)
        {
            writer.WriteLine(summary.Ending == RunEnding.BrokenOff
                ? "The run was broken off: what follows is what had happened by then."
                : "The run did not end: it was killed, or it still goes on. What follows is what had been stored.");
        }

        foreach (DriftSummary drift in summary.Drift)
        {
            writer.WriteLine($"drift       {TerminalText.Line(drift.Text, 120)}");
        }

        foreach (Incident incident in summary.Incidents)
        {
            writer.WriteLine();
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{incident.Id}  {incident.Category.ToString().ToLowerInvariant()}  {incident.FirstSeen:O}"));
            foreach ((string label, string text) in IncidentText.Lines(incident, summary))
            {
                writer.WriteLine($"    {label,-11} {text}");
            }

            Attribution attribution = incident.Attribution;
            writer.WriteLine($"    attribution {attribution.Certainty.ToString().ToLowerInvariant()}: born in "
                + $"{attribution.Born ?? "unknown"}, running then: {attribution.ActiveAtTime ?? "no call"}");
            foreach (AttributionEdge edge in attribution.Edges)
            {
                writer.WriteLine($"                {edge.From} → {edge.To}: {TerminalText.Safe(edge.Kind)}");
            }

            foreach (EvidenceSummary evidence in incident.Evidence)
            {
                writer.WriteLine($"    evidence    #{evidence.Seq} {TerminalText.Line(evidence.Text, 120)}");
            }
        }
    }
}
