using System.Globalization;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class DnsTunnelDetectorTests
{
    [Theory]
    [InlineData(40, "t.tunnel.example")]
    [InlineData(40, "t.tunnel.co.uk")]
    [InlineData(40, "")] // dnscat spoken straight to its server: hexadecimal to the end
    [InlineData(16, "x.example")]
    public void Names_that_carry_data_are_a_tunnel(int digits, string domain)
    {
        CaptureScene scene = new();

        for (int index = 0; index < 240; index++)
        {
            scene.Asked($"{Data(index, digits)}.{(domain.Length > 0 ? domain : Data(-index, 20))}", "TXT", 0.5);
        }

        Finding high = Assert.Single(scene.High);
        Assert.Equal(Category.Tunnel, high.Category);
        Assert.Contains(scene.Findings, finding => finding.Severity == Severity.Medium);
    }

    [Fact]
    public void A_slow_leak_is_suspect()
    {
        CaptureScene scene = new();

        for (int index = 0; index < 100; index++)
        {
            scene.Asked($"{Data(index, 40)}.leak.example", "A", 15);
        }

        Assert.Equal(Severity.Medium, Assert.Single(scene.Findings).Severity);
    }

    [Fact]
    public void A_sandbox_s_tunnel_is_found_under_its_call()
    {
        Scene scene = new();

        for (int index = 0; index < 120; index++)
        {
            scene.Add(new Fact.DnsAsked($"{Data(index, 40)}.t.example", "A", "synthetic address", null, false));
        }

        Assert.Equal(Scene.Call, Assert.Single(scene.High).Subject.Call);
    }

    public static TheoryData<string> HonestNames =>
    [
        "build{0}.ci.example", "shard-{0:0000}.db.internal", "{0}.github.io", "user{0}-page.pages.example",
        "{0}.2.0.192.in-addr.arpa", "{0}.2.0.192.zen.dnsbl.example", "productionresultssa{0}.blob.core.windows.net",
        "ip-10-0-{0}-7.eu-west-1.compute.amazonaws.com", "{0:x7}.preview.example", "pr-{0}--site.netlify.app",
        "{0}.blobs{0}.store.core.example",
    ];

    [Theory]
    [MemberData(nameof(HonestNames))]
    public void Many_names_that_people_and_machines_give_to_hosts_are_none(string pattern)
    {
        CaptureScene scene = new();

        for (int index = 0; index < 250; index++)
        {
            scene.Asked(string.Format(CultureInfo.InvariantCulture, pattern, index), "A", 0.5);
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void The_same_long_name_asked_again_is_none()
    {
        CaptureScene scene = new();

        for (int index = 0; index < 500; index++)
        {
            scene.Asked($"{Data(1, 60)}.cdn.example").Asked($"{Data(index % 15, 60)}.edge.example", "AAAA");
        }

        Assert.Empty(scene.Findings);
    }

    [Fact]
    public void A_package_manager_s_names_are_none()
    {
        Scene scene = new();
        string[] hosts = ["pypi.org", "files.pythonhosted.org", "registry.npmjs.org", "proxy.golang.org",
            "static.crates.io", "index.crates.io", "github.com", "objects.githubusercontent.com", "deb.debian.org",
            "d2lzkl7pfhq30w.cloudfront.net", "storage.googleapis.com", "repo.maven.apache.org"];

        for (int round = 0; round < 50; round++)
        {
            foreach (string host in hosts)
            {
                scene.Add(new Fact.DnsAsked(host, "A", "synthetic address", null, true))
                    .Add(new Fact.DnsAsked(host, "AAAA", "no data", null, true));
            }
        }

        Assert.Empty(scene.Findings);
    }

    /// <summary>Hexadecimal digits as of something encrypted, ending in one that no top level has.</summary>
    private static string Data(int seed, int digits)
    {
        Random random = new(seed);
        return string.Concat(Enumerable.Range(0, digits - 1).Select(_ => random.Next(16).ToString("x",
            CultureInfo.InvariantCulture))) + "7";
    }
}
