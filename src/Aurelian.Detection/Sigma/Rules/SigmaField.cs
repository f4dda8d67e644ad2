using System.Collections.Frozen;

namespace Aurelian.Detection;

/// <summary>What a rule's log source is here: which facts it is tried on.</summary>
public enum SigmaSource
{
    ProcessCreation,
    NetworkConnection,
    DnsQuery,
    FileEvent,
    /// <summary>Audit's records of one event, taken together: EXECVE, SYSCALL, PATH.</summary>
    Audit,
}

/// <summary>What of an event a rule can ask for.</summary>
internal enum SigmaField
{
    Image, CommandLine, CurrentDirectory, User, ProcessId, ParentImage, ParentCommandLine, ParentProcessId,
    DestinationIp, DestinationPort, DestinationHostname, SourceIp, SourcePort, Protocol, Initiated,
    QueryName, QueryType, QueryResults,
    TargetFilename,
    RecordType, Record, SystemCall, PathName, ThreadName, UserNumber,
    Argument0, Argument1, Argument2, Argument3, Argument4, Argument5, Argument6, Argument7,
    Argument8, Argument9, Argument10, Argument11, Argument12, Argument13, Argument14, Argument15,
}

/// <summary>Sigma's names of fields, those of its taxonomy and the generic ones of network sources.</summary>
internal static class SigmaFields
{
    internal static readonly int Count = Enum.GetValues<SigmaField>().Length;

    private static readonly (string Name, SigmaField Field)[] OfProcesses =
    [
        ("Image", SigmaField.Image), ("CommandLine", SigmaField.CommandLine),
        ("CurrentDirectory", SigmaField.CurrentDirectory), ("User", SigmaField.User),
        ("ProcessId", SigmaField.ProcessId), ("ParentImage", SigmaField.ParentImage),
        ("ParentCommandLine", SigmaField.ParentCommandLine), ("ParentProcessId", SigmaField.ParentProcessId),
    ];

    /// <summary>Beside the fields of the acting process, which every source has where it is known.</summary>
    private static readonly FrozenDictionary<SigmaSource, FrozenDictionary<string, SigmaField>> BySource =
        new Dictionary<SigmaSource, FrozenDictionary<string, SigmaField>>
        {
            [SigmaSource.ProcessCreation] = Table(),
            [SigmaSource.NetworkConnection] = Table(
                ("DestinationIp", SigmaField.DestinationIp), ("dst_ip", SigmaField.DestinationIp),
                ("DestinationPort", SigmaField.DestinationPort), ("dst_port", SigmaField.DestinationPort),
                ("DestinationHostname", SigmaField.DestinationHostname), ("SourceIp", SigmaField.SourceIp),
                ("src_ip", SigmaField.SourceIp), ("SourcePort", SigmaField.SourcePort),
                ("src_port", SigmaField.SourcePort), ("Protocol", SigmaField.Protocol),
                ("Initiated", SigmaField.Initiated)),
            [SigmaSource.DnsQuery] = Table(
                ("QueryName", SigmaField.QueryName), ("query", SigmaField.QueryName),
                ("QueryType", SigmaField.QueryType), ("record_type", SigmaField.QueryType),
                ("QueryResults", SigmaField.QueryResults), ("answer", SigmaField.QueryResults)),
            [SigmaSource.FileEvent] = Table(("TargetFilename", SigmaField.TargetFilename)),
            [SigmaSource.Audit] = OfAudit(),
        }.ToFrozenDictionary();

    /// <exception cref="RefusedException">No fact of that source has it.</exception>
    internal static SigmaField Of(SigmaSource source, string name) =>
        BySource[source].TryGetValue(name, out SigmaField field) ? field : throw new RefusedException(
            $"field '{name}': no fact has it; known here are {string.Join(", ", Names(source))}");

    internal static IEnumerable<string> Names(SigmaSource source) =>
        BySource[source].Keys.Order(StringComparer.Ordinal);

    /// <summary>Where a keyword is sought: everything of the event that is text.</summary>
    internal static IEnumerable<SigmaField> Texts(SigmaSource source) =>
        source == SigmaSource.Audit ? [SigmaField.Record] : BySource[source].Values.Distinct().Where(field =>
            field is not (SigmaField.ProcessId or SigmaField.ParentProcessId or SigmaField.Initiated)).Order();

    /// <summary>Audit's own names (linux-audit documentation, "specs": field dictionary).</summary>
    private static FrozenDictionary<string, SigmaField> OfAudit()
    {
        Dictionary<string, SigmaField> fields = new(StringComparer.OrdinalIgnoreCase)
        {
            ["type"] = SigmaField.RecordType, ["syscall"] = SigmaField.SystemCall, ["exe"] = SigmaField.Image,
            ["comm"] = SigmaField.ThreadName, ["name"] = SigmaField.PathName, ["cwd"] = SigmaField.CurrentDirectory,
            ["pid"] = SigmaField.ProcessId, ["ppid"] = SigmaField.ParentProcessId, ["uid"] = SigmaField.UserNumber,
        };
        for (SigmaField field = SigmaField.Argument0; field <= SigmaField.Argument15; field++)
        {
            fields[$"a{field - SigmaField.Argument0}"] = field;
        }

        return fields.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, SigmaField> Table(params (string Name, SigmaField Field)[] own) =>
        OfProcesses.Concat(own).ToFrozenDictionary(
            each => each.Name, each => each.Field, StringComparer.OrdinalIgnoreCase);
}
