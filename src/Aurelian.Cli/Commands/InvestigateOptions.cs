using System.CommandLine;
using System.Globalization;
using Aurelian.Investigation;
using Aurelian.Investigation.Loading;
using Aurelian.Readers;

namespace Aurelian.Cli.Commands;

/// <summary>The options of <c>investigate</c>, and the files and settings that they name.</summary>
internal sealed class InvestigateOptions
{
    private readonly Option<string[]> _firewall = Files(
        "--firewall", "Firewall log: Alibaba Cloud Firewall, AWS VPC flow or Network Firewall, Suricata, Zeek, CSV");

    private readonly Option<string[]> _traces = Files(
        "--traces", "Traces: OTLP JSON or protobuf, ROLL dumps, Inspect or OpenHands logs, our run folders, CSV");

    private readonly Option<string[]> _flows = Files(
        "--flows", "conntrack -E -o timestamp, a NAT table as CSV, a host sensor's connections: joins that are exact");

    private readonly Option<string[]> _telemetry = Files(
        "--telemetry", "CPU or GPU samples as CSV, auditd, Falco, Tetragon");

    private readonly Option<string?> _firewallZone = Text(
        "--firewall-zone", "±HH:MM", "Zone of firewall times that name none, for example +08:00");

    private readonly Option<string?> _tracesZone = Text(
        "--traces-zone", "±HH:MM", "Zone of times in traces and host logs that name none");

    private readonly Option<string?> _columns = Text(
        "--columns", "MAP", "Columns of a CSV firewall log: time=Timestamp,type=Threat,source=SrcIP,dport=Port");

    private readonly Option<string?> _traceColumns = Text(
        "--trace-columns", "MAP", "Columns of CSV traces: start=begin,end=finish,episode=run,task=problem,command=cmd");

    private readonly Option<int> _seed = new("--seed")
    {
        HelpName = "N", Description = "Of every random step; same input and seed, same output",
        DefaultValueFactory = _ => new InvestigationOptions().Seed,
    };

    private readonly Option<double> _range = SharedOptions.SecondsOption(
        "--offset-range", "How far the clocks may disagree either way", new InvestigationOptions().OffsetRangeSeconds,
        1);

    internal Option<string> Format { get; } = SharedOptions.FormatOption();

    internal Option<string?> Report { get; } = Text("--report", "FILE", "Write one self-contained HTML page, too");

    internal Option<string?> Verdicts { get; } = Text(
        "--verdicts", "FILE", "Write an episode verdict a line (coverage traces-only), for a trainer");

    internal Option<string?> Rules { get; } = Text(
        "--rules", "DIR", "Write egress rules that would have stopped it, and what else they would break");

    internal Option<bool> ShowSecrets { get; } = new("--show-secrets")
    {
        Description = "Leave passwords and tokens in commands as they are; else they are redacted",
    };

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            _firewall, _traces, _flows, _telemetry, Format, Report, Verdicts, Rules, _firewallZone, _tracesZone,
            _columns, _traceColumns, _seed, _range, ShowSecrets,
        })
        {
            command.Add(option);
        }
    }

    internal InvestigationOptions Settings(ParseResult parsed) => new()
    {
        Seed = parsed.GetValue(_seed), OffsetRangeSeconds = parsed.GetValue(_range),
    };

    /// <summary>Null with the first mistake where an option is wrong.</summary>
    internal CaseFiles? FilesOf(ParseResult parsed, out CaseLoad.Refused? mistake)
    {
        mistake = null;
        string[] firewall = parsed.GetValue(_firewall) ?? [], traces = parsed.GetValue(_traces) ?? [];
        if (firewall.Length == 0 || traces.Length == 0)
        {
            string option = firewall.Length == 0 ? "--firewall" : "--traces";
            mistake = Wrong($"{option} is missing", $"name at least one file with {option}");
        }

        TimeSpan? firewallZone = Zone(parsed, _firewallZone, ref mistake);
        TimeSpan? tracesZone = Zone(parsed, _tracesZone, ref mistake);
        ColumnMap columns = Map(parsed, _columns, AlertLog.CsvFields, ref mistake);
        ColumnMap traceColumns = Map(parsed, _traceColumns, CallLog.CsvFields, ref mistake);
        return mistake is not null ? null : new CaseFiles
        {
            Firewall = firewall,
            Traces = traces,
            Flows = parsed.GetValue(_flows) ?? [],
            Telemetry = parsed.GetValue(_telemetry) ?? [],
            FirewallZone = firewallZone,
            TracesZone = tracesZone,
            FirewallColumns = columns,
            TraceColumns = traceColumns,
        };
    }

    internal static CaseLoad.Refused Wrong(string message, string remedy) =>
        new("option", null, null, message, remedy);

    /// <summary><c>+08:00</c>, <c>-0330</c>, <c>+8</c>, <c>Z</c>; within the world's zones.</summary>
    internal static bool TryZone(string text, out TimeSpan zone)
    {
        const double HoursMax = 14;
        string plain = text.Trim();
        zone = TimeSpan.Zero;
        if (plain is "Z" or "z" or "UTC" or "utc")
        {
            return true;
        }

        if (plain.Length < 2 || plain[0] is not ('+' or '-'))
        {
            return false;
        }

        string digits = plain[1..].Replace(":", "", StringComparison.Ordinal);
        digits = digits.Length <= 2 ? digits.PadLeft(2, '0') + "00" : digits.PadLeft(4, '0');
        if (digits.Length != 4 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number % 100 > 59)
        {
            return false;
        }

        zone = new TimeSpan(number / 100, number % 100, 0) * (plain[0] == '-' ? -1 : 1);
        return Math.Abs(zone.TotalHours) <= HoursMax;
    }

    private static TimeSpan? Zone(ParseResult parsed, Option<string?> option, ref CaseLoad.Refused? mistake)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        if (!TryZone(text, out TimeSpan zone))
        {
            mistake ??= Wrong($"{option.Name}: '{text}' is no offset from UTC", $"write {option.Name} +08:00");
        }

        return zone;
    }

    private static ColumnMap Map(
        ParseResult parsed, Option<string?> option, IReadOnlyList<string> fields, ref CaseLoad.Refused? mistake)
    {
        ColumnMap map = ColumnMap.Parse(parsed.GetValue(option), fields, out string? wrong);
        if (wrong is not null)
        {
            mistake ??= Wrong($"{option.Name}: {wrong}", $"write {option.Name} {fields[0]}=COLUMN,…");
        }

        return map;
    }

    private static Option<string[]> Files(string name, string description) => new(name)
    {
        HelpName = "FILE", Description = description, AllowMultipleArgumentsPerToken = true,
    };

    private static Option<string?> Text(string name, string help, string description) => new(name)
    {
        HelpName = help, Description = description,
    };
}
