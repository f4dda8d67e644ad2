namespace Aurelian.Detection;

/// <summary>Which facts a rule's log source means here, or why none.</summary>
internal static class LogSources
{
    /// <exception cref="RefusedException">No fact is of that source.</exception>
    internal static SigmaSource Of(YamlNode.Mapping logsource)
    {
        string? category = logsource.Text("category"), product = logsource.Text("product"),
            service = logsource.Text("service");
        if (product is not (null or "linux"))
        {
            throw new RefusedException($"logsource: product '{product}' is not what runs here");
        }

        if (category is null && service == "auditd")
        {
            return SigmaSource.Audit;
        }

        if (service is not null and not "auditd")
        {
            throw new RefusedException($"logsource: service '{service}' means lines that other programs write into a "
                + "log; no fact is made of them");
        }

        return category switch
        {
            "process_creation" => SigmaSource.ProcessCreation,
            "network_connection" => SigmaSource.NetworkConnection,
            "dns_query" or "dns" => SigmaSource.DnsQuery,
            "file_event" => SigmaSource.FileEvent,
            null => throw new RefusedException("logsource: names neither a category nor service auditd, and raw log "
                + "lines are not kept here"),
            _ => throw new RefusedException($"logsource: category '{category}' has no facts here; there are "
                + "process_creation, network_connection, dns_query (dns), file_event, and service auditd"),
        };
    }

    /// <summary>As rules write it.</summary>
    internal static string Name(SigmaSource source) => source switch
    {
        SigmaSource.ProcessCreation => "process_creation",
        SigmaSource.NetworkConnection => "network_connection",
        SigmaSource.DnsQuery => "dns_query",
        SigmaSource.Audit => "auditd",
        _ => "file_event",
    };
}
