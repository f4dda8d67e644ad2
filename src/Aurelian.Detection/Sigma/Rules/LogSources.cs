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

        if (service is not null)
        {
            throw new RefusedException(service == "auditd"
                ? "logsource: service 'auditd' means audit's own records (a0, key, …); our facts are made of them, and "
                    + "rules for category process_creation match those"
                : $"logsource: service '{service}' is a log that is not read here");
        }

        return category switch
        {
            "process_creation" => SigmaSource.ProcessCreation,
            "network_connection" => SigmaSource.NetworkConnection,
            "dns_query" or "dns" => SigmaSource.DnsQuery,
            "file_event" => SigmaSource.FileEvent,
            null => throw new RefusedException("logsource: names no category, and raw log lines are not kept here"),
            _ => throw new RefusedException($"logsource: category '{category}' has no facts here; there are "
                + "process_creation, network_connection, dns_query (dns) and file_event"),
        };
    }

    /// <summary>As rules write it.</summary>
    internal static string Name(SigmaSource source) => source switch
    {
        SigmaSource.ProcessCreation => "process_creation",
        SigmaSource.NetworkConnection => "network_connection",
        SigmaSource.DnsQuery => "dns_query",
        _ => "file_event",
    };
}
