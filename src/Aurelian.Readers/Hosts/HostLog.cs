namespace Aurelian.Readers;

/// <summary>What a host or gateway wrote: connections, translations, processes.</summary>
public static class HostLog
{
    /// <summary>
    /// What no other reader knows is taken for a plain table of connections, where it looks like one.
    /// </summary>
    /// <exception cref="IOException">There is no such file, or it may not be read.</exception>
    public static SourceFile Open(string path, int source, TimeSpan zone) => SourceFile.Open(
        path, new ReadReport(source) { Zone = zone }, head => FlowCsv.Looks(head) ? new FlowCsv() : null);
}
