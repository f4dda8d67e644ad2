using System.Net;
using Aurelian.Firewall;

namespace Aurelian.UnitTests.Firewall.Policy;

public sealed class PolicyFileTests
{
    private const string Rule = "[[allow]]\nname = \"mirror.example\"\nports = [80]\nprotocol = \"http\"\n";

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("[sandbox]\ncpus = 1\n")]
    public void An_empty_policy_allows_nothing(string text)
    {
        PolicyPlan plan = Read(text);

        Assert.Null(plan.Find("mirror.example", IPAddress.Parse("198.18.0.1"), 80));
        Assert.Null(plan.Find(null, IPAddress.Parse("203.0.113.7"), 80));
        Assert.False(plan.AllowsName("mirror.example"));
    }

    [Theory]
    [InlineData("ports = []", "allow.ports", 3)]
    [InlineData("ports = [0]", "allow.ports", 3)]
    [InlineData("ports = [\"80\"]", "allow.ports", 3)]
    [InlineData("ports = 80", "allow.ports", 3)]
    [InlineData("", "allow.ports", 1)]
    public void Ports_that_are_no_list_of_ports_are_a_mistake_and_never_every_port(
        string ports, string setting, int line) =>
        AssertMistake(Rule.Replace("ports = [80]", ports, StringComparison.Ordinal), setting, line);

    [Theory]
    [InlineData("protocol = \"https\"", 4)]
    [InlineData("protocol = \"TLS\"", 4)]
    [InlineData("protocol = \"any\"", 4)]
    [InlineData("", 1)]
    public void An_unknown_protocol_is_a_mistake_and_never_a_weaker_check(string protocol, int line) =>
        AssertMistake(Rule.Replace("protocol = \"http\"", protocol, StringComparison.Ordinal), "allow.protocol", line);

    [Theory]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.com")]
    [InlineData("a.*.example.org")]
    [InlineData("user@host.example")]
    [InlineData("host.example:80")]
    [InlineData("host..example")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("017700000001.0")]
    [InlineData("bücher.example")]
    [InlineData("pypi.org\\u0000.evil.example")]
    [InlineData("")]
    public void A_name_that_is_no_plain_host_name_is_a_mistake(string name) =>
        AssertMistake(Rule.Replace("mirror.example", name, StringComparison.Ordinal), "allow.name", 2);

    [Theory]
    [InlineData("127.0.0.0/8")]
    [InlineData("127.0.0.1/32")]
    [InlineData("169.254.169.254/32")]
    [InlineData("100.64.0.0/10")]
    [InlineData("198.18.0.0/15")]
    [InlineData("224.0.0.0/4")]
    [InlineData("2001:db8::/32")]
    [InlineData("203.0.113.7/24")]
    [InlineData("203.0.113.0/33")]
    [InlineData("anything")]
    public void A_network_that_cannot_be_reached_is_a_mistake(string cidr) => AssertMistake(
        $"[[allow]]\ncidr = \"{cidr}\"\nports = [80]\nprotocol = \"tcp\"\n", "allow.cidr", 2);

    [Theory]
    [InlineData("bytes_maximum = 1\n", "allow.bytes_maximum")]
    [InlineData("bytes_max = -1\n", "allow.bytes_max")]
    [InlineData("bytes_max = \"1\"\n", "allow.bytes_max")]
    [InlineData("connections_max = 1.5\n", "allow.connections_max")]
    [InlineData("names_max = 0\n", "allow.names_max")]
    [InlineData("cidr = \"203.0.113.0/24\"\n", "allow.name")]
    public void A_misspelt_or_impossible_limit_is_a_mistake(string line, string setting) =>
        Assert.Contains(setting, Errors(Rule + line).Select(error => error.Setting));

    [Theory]
    [InlineData("[allow]\nname = \"a.example\"\n", 1)]
    [InlineData("[[run]]\ndurable = true\n", 1)]
    [InlineData("mode = \"audit\"\n", 1)]
    [InlineData("[firewall]\nenabled = false\n", 1)]
    [InlineData("[run]\ndurable = \"yes\"\n", 2)]
    [InlineData("[sandbox]\nmemory_mb = 1\n", 2)]
    [InlineData("[sandbox]\nprivileged = true\n", 2)]
    [InlineData("[[allow\n", 1)]
    public void What_is_not_understood_is_a_mistake_with_its_line(string text, int line) =>
        Assert.Contains(line, Errors(text).Select(error => error.Line));

    [Fact]
    public void Every_mistake_is_told_at_once_with_file_line_and_setting()
    {
        IReadOnlyList<PolicyError> errors = Errors(
            "[[allow]]\nname = \"*\"\nports = []\nprotocol = \"all\"\n[run]\ndurably = true\n");

        Assert.Equal(
            ["allow.name", "allow.ports", "allow.protocol", "run.durably"], errors.Select(error => error.Setting));
        Assert.Equal([2, 3, 4, 6], errors.Select(error => error.Line));
        Assert.All(errors, error => Assert.StartsWith("policy.toml:", error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_mistake_too()
    {
        (PolicyPlan? plan, IReadOnlyList<PolicyError> errors) = PolicyFile.Load("/nowhere/policy.toml");

        Assert.Null(plan);
        Assert.Single(errors);
    }

    [Fact]
    public void Settings_of_the_run_and_of_sandboxes_are_read()
    {
        PolicyPlan plan = Read(
            "[run]\ndurable = true\n[sandbox]\nreadonly = [\"/opt\"]\ncpus = 0.5\nmemory_mb = 64\n");

        Assert.True(plan.Durable);
        Assert.Equal(["/opt"], plan.Sandbox.ReadOnlyPaths);
        Assert.Equal((0.5, 64L << 20), (plan.Sandbox.Cpus, plan.Sandbox.MemoryBytes));
    }

    [Theory]
    [InlineData("root = \"/nowhere\"", "sandbox.root")]
    [InlineData("root = \"/\"", "sandbox.root")]
    [InlineData("readonly = [\"relative\"]", "sandbox.readonly")]
    [InlineData("readonly = [\"/opt\", \"/root/tools\"]", "sandbox.readonly")]
    public void What_a_sandbox_cannot_be_made_of_is_refused_with_its_line(string setting, string name)
    {
        PolicyError error = Assert.Single(Errors($"[sandbox]\ncpus = 1\n{setting}\n"));

        Assert.Equal((3, name), (error.Line, error.Setting));
    }

    [Fact]
    public void Folders_of_rules_are_the_policy_s_neighbours()
    {
        (PolicyPlan? plan, _) = PolicyFile.Parse(
            "/etc/x/policy.toml", "[run]\nrules = [\"mine\", \"/opt/rules\"]\nrules_contain = true\n");

        Assert.Equal(["/etc/x/mine", "/opt/rules"], plan!.RuleFolders);
        Assert.True(plan.RulesContain);
        AssertMistake("[run]\nrules = \"mine\"\n", "run.rules", 2);
    }

    private static PolicyPlan Read(string text)
    {
        (PolicyPlan? plan, IReadOnlyList<PolicyError> errors) = PolicyFile.Parse("policy.toml", text);
        Assert.Empty(errors);
        return plan!;
    }

    private static IReadOnlyList<PolicyError> Errors(string text)
    {
        (PolicyPlan? plan, IReadOnlyList<PolicyError> errors) = PolicyFile.Parse("policy.toml", text);
        Assert.Null(plan);
        return errors;
    }

    private static void AssertMistake(string text, string setting, int line)
    {
        PolicyError error = Assert.Single(Errors(text));
        Assert.Equal((setting, line), (error.Setting, error.Line));
    }
}
