using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class BulkDetectorTests
{
    private const string Rule = "exfiltration-bulk";
    private readonly Scene _scene = new();
    private int _flows;

    [Fact]
    public void An_upload_far_above_what_the_episode_sends_elsewhere_is_suspect()
    {
        Small("mirror.example", "git.example", "docs.example");
        Upload("drop.example", pieces: 9, bytes: 100_000);
        Assert.Empty(Bulk);
        Upload("drop.example", pieces: 3, bytes: 100_000);

        Finding finding = Assert.Single(Bulk);
        Assert.Equal((Category.Exfiltration, Severity.Medium), (finding.Category, finding.Severity));
    }

    [Fact]
    public void Many_small_uploads_count_as_one_large_one()
    {
        for (int index = 0; index < 60; index++)
        {
            Upload("drop.example", pieces: 1, bytes: 20_000);
        }

        Assert.Single(Bulk);
    }

    [Theory]
    [InlineData("cat", "/root/.aws/credentials")]
    [InlineData("tar", "czf", "/tmp/x.tgz", "/home")]
    public void After_reading_what_is_not_its_own_it_is_exfiltration(params string[] command)
    {
        _scene.Exec(20, command);
        Upload("drop.example", pieces: 12, bytes: 100_000);

        Assert.Equal(Severity.High, Assert.Single(Bulk).Severity);
    }

    [Fact]
    public void Where_every_destination_gets_as_much_it_is_the_episode_s_work()
    {
        foreach (string name in new[] { "a.example", "b.example", "c.example", "d.example", "e.example" })
        {
            Upload(name, pieces: 9, bytes: 100_000);
        }

        _scene.Tick(1);
        Upload("a.example", pieces: 4, bytes: 100_000);

        Assert.Empty(Bulk);
    }

    [Fact]
    public void A_download_is_none()
    {
        Upload("mirror.example", pieces: 20, bytes: 100_000, back: 400_000);

        Assert.Empty(Bulk);
    }

    [Fact]
    public void A_push_is_git_s()
    {
        _scene.Exec(30, "git-remote-https", "origin", "https://git.example/team/repo.git");
        Upload("git.example", pieces: 30, bytes: 100_000, pid: 30);

        Assert.Empty(Bulk);
    }

    [Fact]
    public void A_flow_that_was_measured_is_not_counted_again_at_its_end()
    {
        Upload("drop.example", pieces: 6, bytes: 100_000, close: true);

        Assert.Empty(Bulk);
    }

    [Fact]
    public void To_an_address_that_no_name_was_issued_for_it_is_high_once_it_is_much()
    {
        Upload(null, pieces: 20, bytes: 100_000, to: "203.0.113.9");
        Assert.Equal(Severity.Medium, Assert.Single(Bulk).Severity);

        Upload(null, pieces: 80, bytes: 100_000, to: "203.0.113.9");
        Assert.Equal([Severity.Medium, Severity.High], Bulk.Select(each => each.Severity));
    }

    [Theory]
    [InlineData("registry.example", "203.0.113.9")]
    [InlineData(null, "10.0.0.9")]
    public void As_much_to_a_name_or_a_neighbour_is_not_high(string? name, string to)
    {
        Upload(name, pieces: 200, bytes: 100_000, to: to);

        Assert.Equal(Severity.Medium, Assert.Single(Bulk).Severity);
    }

    /// <summary>A rule for the whole internet names no place.</summary>
    [Theory]
    [InlineData("203.0.113.9/32", Severity.Medium)]
    [InlineData("203.0.113.0/24", Severity.Medium)]
    [InlineData("0.0.0.0/0", Severity.High)]
    [InlineData("198.51.100.9/32", Severity.High)]
    [InlineData(null, Severity.High)]
    public void As_much_to_an_address_that_the_policy_names_is_not_high(string? network, Severity severity)
    {
        _scene.Add(new Fact.PolicyInstalled("sha256:x", network is null ? [] : [network]));

        Upload(null, pieces: 200, bytes: 100_000, to: "203.0.113.9");

        Assert.Equal(severity, Bulk.Last().Severity);
    }

    [Fact]
    public void A_policy_that_is_tightened_no_longer_allows_an_address()
    {
        _scene.Add(new Fact.PolicyInstalled("sha256:x", ["203.0.113.9/32"]))
            .Add(new Fact.PolicyInstalled("sha256:y", []));

        Upload(null, pieces: 200, bytes: 100_000, to: "203.0.113.9");

        Assert.Equal(Severity.High, Bulk.Last().Severity);
    }

    private IEnumerable<Finding> Bulk => _scene.Findings.Where(finding => finding.Rule == Rule);

    private void Small(params string[] names)
    {
        foreach (string name in names)
        {
            Upload(name, pieces: 1, bytes: 2_000);
        }
    }

    private void Upload(
        string? name, int pieces, int bytes, int back = 200, int pid = 10, bool close = false, string to = "198.18.0.7")
    {
        FlowId flow = new($"u{++_flows}");
        Endpoint from = CaptureScene.At("100.64.0.2", 40_000), at = CaptureScene.At(to, 8080);
        for (int piece = 0; piece < pieces; piece++)
        {
            _scene.Add(new Fact.FlowMeasured(
                flow, from, at, Transport.Tcp, name, "http", 10, new MessageShape(1, bytes, bytes, 0, 0, 0),
                new MessageShape(1, back, back, 0, 0, 0)), pid);
        }

        if (close)
        {
            _scene.Add(new Fact.FlowClosed(
                flow, from, at, Transport.Tcp, name, "http", pieces * bytes, pieces * bytes, pieces * back, default,
                default, true, "rule"), pid);
        }
    }
}
