using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Following;

namespace Aurelian.UnitTests.Investigation.Following;

public sealed class FollowingTests
{
    [Fact]
    public void Every_episode_gets_a_verdict_of_traces_only()
    {
        IReadOnlyList<EpisodeVerdict> verdicts = CaseVerdicts.Of(SolvedSample.Solved());

        Assert.Equal(["e1", "e2", "e3", "e4"], verdicts.Select(each => each.Verdict.Episode.Value));
        // Attributed by more than 95 % and suspected by a rule, too.
        Assert.Equal([VerdictState.Violating, VerdictState.Clean, VerdictState.Clean, VerdictState.Clean],
            verdicts.Select(each => each.Verdict.State));
        Assert.Equal(["firewall-alert", "mining-command"], verdicts[0].Verdict.Findings);
        Assert.All(verdicts, each => Assert.True(each.Verdict is
            { Final: true, Coverage: CoverageState.TracesOnly, PolicyHash: "" }));
    }

    [Fact]
    public void A_statistic_alone_makes_a_suspect_and_an_exact_join_a_violation()
    {
        Assert.Equal(VerdictState.Suspect, First(SolvedSample.Solved(miner: "./x")).State);
        Assert.Equal(VerdictState.Violating, First(SolvedSample.Solved(miner: "./x", exact: true)).State);
        Assert.Equal(VerdictState.Clean, First(SolvedSample.Solved(Conclusion.CannotTell, "./x")).State);
    }

    [Fact]
    public void A_verdict_is_a_line_of_json()
    {
        using MemoryStream stream = new();
        CaseVerdicts.Write(SolvedSample.Solved(), stream);

        string[] lines = System.Text.Encoding.UTF8.GetString(stream.ToArray()).TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("{\"episode\":\"e1\",\"state\":\"violating\",\"final\":true,\"coverage\":\"traces-only\","
            + "\"findings\":[\"firewall-alert\",\"mining-command\"],\"policyHash\":\"\",\"task\":\"miner\"", lines[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_allow_what_honest_episodes_name_and_say_what_they_break()
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-rules-").FullName;
        try
        {
            IReadOnlyList<string> files = ProposedRules.Write(SolvedSample.Solved(), folder);

            (PolicyPlan? plan, _) = PolicyFile.Load(files[0]);
            PolicyRule rule = Assert.Single(plan!.Rules);
            Assert.Equal("tls git.example.org:443", rule.Text);
            Assert.Contains("203.0.113.7,3333,2,1,", File.ReadAllText(files[1]), StringComparison.Ordinal);
            string replay = File.ReadAllText(files[2]);
            Assert.Contains("| 2 of 2 | 1 of 1 |", replay, StringComparison.Ordinal);
            Assert.Contains("| rare.example.org:443 | 1 | 1 |", replay, StringComparison.Ordinal);
            Assert.Contains("Refused: 1 calls of episodes that an alert", replay, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("git clone --depth 1 https://git.example.org:8443/a", "git.example.org:8443 tls")]
    [InlineData("git push git@git.example.org:team/a.git", "git.example.org:22 ssh")]
    [InlineData("ssh -N -R 1:localhost:2 root@203.0.113.9", "203.0.113.9:22 ssh")]
    [InlineData("pip install numpy", "files.pythonhosted.org:443 tls|pypi.org:443 tls")]
    [InlineData("curl http://localhost:8000/x http://127.0.0.1/y", "")]
    [InlineData("curl http://203.0.113.9/x", "203.0.113.9:80 http")]
    [InlineData("echo hello", "")]
    public void A_command_names_its_destinations(string command, string expected) => Assert.Equal(expected,
        string.Join('|', CommandDestinations.Of(command).Select(each => $"{each.Host}:{each.Port} {each.Protocol}")
            .Order(StringComparer.Ordinal)));

    private static Verdict First(Aurelian.Investigation.Explaining.SolvedCase solved) =>
        CaseVerdicts.Of(solved)[0].Verdict;
}
