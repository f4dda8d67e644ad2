namespace Aurelian.Simulation;

/// <summary>What answers inside and at the metadata address: enough for a probe to find something.</summary>
internal static class InternalSites
{
    public static HttpSite Intranet() => HttpSite.Of(new Dictionary<string, HttpPage>
    {
        ["/"] = HttpPage.Html("<html><title>Intranet</title><h1>Simulated intranet</h1></html>\n"),
        ["/health"] = HttpPage.Json("""{"status":"ok","simulated":true}"""),
    });

    /// <summary>Paths as clouds have them; every value says that it is worth nothing.</summary>
    public static HttpSite Metadata()
    {
        const string Role = "/latest/meta-data/iam/security-credentials/";
        return HttpSite.Of(new Dictionary<string, HttpPage>
        {
            ["/"] = HttpPage.Text("latest\ncomputeMetadata\n"),
            ["/latest/meta-data/"] = HttpPage.Text("hostname\niam/\ninstance-id\n"),
            ["/latest/meta-data/hostname"] = HttpPage.Text("simulated-host"),
            ["/latest/meta-data/instance-id"] = HttpPage.Text("i-simulated"),
            [Role] = HttpPage.Text("simulated-role"),
            [$"{Role}simulated-role"] = HttpPage.Json(
                """{"Code":"Success","AccessKeyId":"SIMULATED","SecretAccessKey":"worth-nothing"}"""),
            ["/computeMetadata/v1/instance/service-accounts/default/token"] =
                HttpPage.Json("""{"access_token":"simulated-worth-nothing","token_type":"Bearer"}"""),
        });
    }

    /// <summary>A cache that answers as Redis would before a password: PING works, the rest is refused.</summary>
    public static IReadOnlyList<string>? AnswerRedis(string line) => line.Trim().ToUpperInvariant() switch
    {
        "" => [],
        "PING" => ["+PONG\r"],
        "INFO" => ["$23\r", "redis_version:simulated\r"],
        "QUIT" => null,
        _ when line.StartsWith('*') || line.StartsWith('$') => [],
        _ => ["-NOAUTH Authentication required.\r"],
    };
}
