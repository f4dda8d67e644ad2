using System.Globalization;
using System.Text.Json;

namespace Aurelian.Investigation.Simulate;

/// <summary>A made case's truth, with the oracle's share.</summary>
internal static class TruthFile
{
    public static void Write(Utf8JsonWriter writer, SimulatedCase simulated)
    {
        SimulatedTruth truth = simulated.Truth;
        writer.WriteStartObject();
        writer.WriteString("setting", simulated.Setting.Name);
        writer.WriteNumber("seed", simulated.Seed);
        writer.WriteNumber("calls", simulated.Case.Calls.Count);
        writer.WriteStartObject("clock");
        writer.WriteNumber("offsetSeconds", truth.OffsetSeconds);
        writer.WriteNumber("driftPpm", truth.DriftPpm);
        writer.WriteNumber("referenceTime", truth.ReferenceTime);
        writer.WriteNumber("zoneShiftSeconds", simulated.Setting.ZoneShiftSeconds);
        writer.WriteNumber("grainSeconds", simulated.Setting.GrainSeconds);
        writer.WriteNumber("lagMedianSeconds", truth.LagMedianSeconds);
        writer.WriteNumber("lagSigma", simulated.Setting.LagSigma);
        writer.WriteEndObject();
        writer.WriteStartArray("culprits");
        foreach (SimulatedCulprit culprit in truth.Culprits)
        {
            Culprit(writer, simulated, culprit);
        }

        writer.WriteEndArray();
        if (Oracle.ShareOf(simulated) is { } share)
        {
            writer.WriteNumber("oracleShare", Math.Round(share, 4));
        }

        writer.WriteStartObject("alerts");
        for (int i = 0; i < truth.Alerts.Count; i++)
        {
            writer.WriteStartObject((i + 1).ToString(CultureInfo.InvariantCulture));
            Alert(writer, simulated, truth.Alerts[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Culprit(Utf8JsonWriter writer, SimulatedCase simulated, SimulatedCulprit culprit)
    {
        writer.WriteStartObject();
        writer.WriteString("task", culprit.Task);
        writer.WriteStartArray("calls");
        foreach (int call in culprit.Calls)
        {
            writer.WriteStringValue(simulated.Case.Calls[call].Id);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("commandTokens");
        foreach (string word in simulated.Setting.Telling ? CommandBook.Words(culprit.Flavour) : [])
        {
            writer.WriteStringValue(word);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Alert(Utf8JsonWriter writer, SimulatedCase simulated, SimulatedCause cause)
    {
        writer.WriteString("kind", cause.Call is null ? "background" : "culprit");
        if (cause.Call is { } call)
        {
            writer.WriteString("toolCall", simulated.Case.Calls[call].Id);
            writer.WriteString("episode", simulated.Case.Calls[call].Episode);
            writer.WriteString("task", simulated.Case.Calls[call].Task);
            writer.WriteBoolean("exact", cause.Exact);
            writer.WriteBoolean("inSpan", cause.InSpan);
        }
    }
}
