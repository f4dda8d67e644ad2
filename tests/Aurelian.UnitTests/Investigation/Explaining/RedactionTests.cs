using Aurelian.Investigation.Explaining;

namespace Aurelian.UnitTests.Investigation.Explaining;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("curl -H 'Authorization: Bearer abcdef0123456789'", "abcdef0123456789")]
    [InlineData("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENG", "wJalrXUtnFEMIK7MDENG")]
    [InlineData("aws configure set x AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE")]
    [InlineData("git clone https://ci:hunter2@git.example.org/x", "hunter2")]
    [InlineData("mysql --password hunter2 db", "hunter2")]
    [InlineData("{\"api_key\": \"k-123456\"}", "k-123456")]
    [InlineData("echo ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_0123456789")]
    [InlineData("x -----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow")]
    [InlineData("docker login -u me --password-stdin <<< $PASSWORD; TOKEN: 'abc123'", "abc123")]
    public void A_secret_is_gone(string command, string secret)
    {
        string safe = Redaction.Apply(command);

        Assert.DoesNotContain(secret, safe, StringComparison.Ordinal);
        Assert.Contains("[redacted]", safe, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh -R 2222:localhost:22 user@198.51.100.9")]
    [InlineData("python3 -m pytest -x src/widgets/test_merge.py")]
    [InlineData("./xmrig -o stratum+tcp://pool.example:14444 --threads 32")]
    [InlineData("git commit -m 'Read the password prompt twice'")]
    [InlineData("find src/graph -name '*tokenizer*'")]
    public void An_ordinary_command_stays_as_it_is(string command) => Assert.Equal(command, Redaction.Apply(command));

    [Fact]
    public void Of_a_wallet_the_ends_stay() => Assert.Equal("./m -u 47ea…9Zq1 -k", Redaction.Apply(
        "./m -u 47ea06789ad98764Zq12cc11447ea06789ad98764aa0011223344556677889Zq1 -k"));
}
