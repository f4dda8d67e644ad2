using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Simulate;

/// <summary>Writes a made case as the files that a team would hand over: traces.jsonl (OTLP JSON, one request a line),
/// alerts.json (Alibaba Cloud Firewall records), conntrack.log where the setting has one, and truth.json.</summary>
public static class CaseFolder
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(SimulatedCase simulated, string folder)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        Directory.CreateDirectory(folder);
        using (FileStream traces = File.Create(Path.Combine(folder, "traces.jsonl")))
        {
            TraceFile.Write(simulated, traces);
        }

        using (FileStream alerts = File.Create(Path.Combine(folder, "alerts.json")))
        {
            foreach (CaseAlert alert in simulated.Case.Alerts)
            {
                Line(alerts, w => Alert(w, alert));
            }
        }

        using (FileStream truth = File.Create(Path.Combine(folder, "truth.json")))
        {
            Line(truth, w => TruthFile.Write(w, simulated));
        }

        if (simulated.Setting.NatShare is not null)
        {
            File.WriteAllLines(Path.Combine(folder, "conntrack.log"), simulated.Case.Flows.Select(Conntrack));
        }
    }

    internal static void Line(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            write(writer);
        }

        stream.WriteByte((byte)'\n');
    }

    private static void Alert(Utf8JsonWriter writer, CaseAlert alert)
    {
        long stamp = (long)alert.Time;
        writer.WriteStartObject();
        writer.WriteNumber("__time__", stamp + 5);
        writer.WriteString("__topic__", "cloudfirewall_access_log");
        writer.WriteString("log_type", "internet_log");
        writer.WriteString("direction", "out");
        writer.WriteString("src_ip", alert.SourceAddress);
        writer.WriteString("src_port", Number(alert.SourcePort));
        writer.WriteString("dst_ip", alert.DestinationAddress);
        writer.WriteString("dst_port", Number(alert.DestinationPort));
        writer.WriteString("ip_protocol", "tcp");
        writer.WriteNumber("start_time", stamp);
        writer.WriteNumber("end_time", stamp);
        writer.WriteString("attack_type_name_en", alert.Type);
        writer.WriteString("ips_rule_name_en", $"{alert.Type} traffic");
        writer.WriteString("rule_result", "alert");
        writer.WriteEndObject();
    }

    private static string Conntrack(CaseFlow flow) => string.Create(CultureInfo.InvariantCulture,
        $"[{flow.Time:f6}]\t    [NEW] tcp      6 120 SYN_SENT src={flow.SourceAddress} dst={flow.DestinationAddress} ")
        + string.Create(CultureInfo.InvariantCulture,
            $"sport={flow.SourcePort} dport={flow.DestinationPort} [UNREPLIED] src={flow.DestinationAddress} ")
        + string.Create(CultureInfo.InvariantCulture,
            $"dst={flow.TranslatedAddress} sport={flow.DestinationPort} dport={flow.TranslatedPort}");

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
