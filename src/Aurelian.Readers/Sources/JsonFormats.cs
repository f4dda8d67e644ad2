namespace Aurelian.Readers;

/// <summary>The formats whose records are JSON objects, by their member names.</summary>
internal static class JsonFormats
{
    internal static EventReader? Recognise(HashSet<string> keys, bool inArray, bool byLine)
    {
        bool Has(string key) => keys.Contains(key);
        return Has("event_type") && Has("timestamp") ? new SuricataEve()
            : Has("firewall_name") && Has("event") ? new SuricataEve(network: true)
            : Has("trajectory_data") && (Has("messages") || Has("global_step")) ? new RollDump()
            : Has("eval") && (Has("eval/task") || Has("eval/run_id")) ? new InspectLog(archive: false)
            : Has("ts") && (Has("uid") || Has("id.orig_h") || Has("_path")) ? new ZeekLog(PathOf(keys))
            : Has("resourceSpans") || Has("resource_spans") ? new OtlpJson(byLine)
            : Has("src_ip") && Has("dst_ip") && (Has("rule_result") || Has("start_time")) ?
                new CloudFirewallJson(inArray)
            : Has("process_exec") || Has("process_exit") || Has("process_kprobe") || Has("process_tracepoint")
                || Has("process_uprobe") || Has("process_lsm") || Has("process_loader") ? new Tetragon(inArray)
            : Has("rule") && Has("priority") && (Has("output") || Has("output_fields")) ? new Falco(inArray)
            : Has("trajectory") ? new SweAgent(byLine)
            : Has("instance_id") && (Has("history") || Has("test_result") || Has("metadata") || Has("instance")) ?
                new OpenHands(byLine)
            : Has("history") && (Has("history/action") || Has("history/observation")) ? new OpenHands(byLine)
            : Has("messages") && (Has("trajectory_format") || Has("info") || Has("messages/role")) ?
                new MiniSweAgent(byLine)
            : Has("command") || Has("cmd") ? new CommandRecords(inArray)
            : null;
    }

    /// <summary>The log's name, where only the file's name would have told it.</summary>
    private static string PathOf(HashSet<string> keys) =>
        keys.Contains("conn_state") ? "conn" : keys.Contains("query") ? "dns" : keys.Contains("server_name") ? "ssl"
        : keys.Contains("auth_success") || keys.Contains("kex_alg") ? "ssh" : keys.Contains("method") ? "http"
        : keys.Contains("note") ? "notice" : "other";
}
