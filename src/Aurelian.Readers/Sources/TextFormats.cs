namespace Aurelian.Readers;

/// <summary>The formats whose records are lines of text, by one line.</summary>
internal static class TextFormats
{
    internal static EventReader? Recognise(ReadOnlySpan<byte> line) =>
        line.StartsWith("#separator "u8) || line.StartsWith("#fields\t"u8) ? new ZeekLog(null)
        : Auditd.Looks(line) ? new Auditd()
        : Conntrack.Looks(line) ? new Conntrack()
        : VpcFlowLog.Looks(line) ? new VpcFlowLog()
        : CloudFirewallCsv.Looks(line) ? new CloudFirewallCsv()
        : null;
}
