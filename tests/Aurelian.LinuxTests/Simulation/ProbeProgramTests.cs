namespace Aurelian.LinuxTests.Simulation;

public sealed class ProbeProgramTests(InternetFixture fixture) : IClassFixture<InternetFixture>
{
    [Fact]
    public async Task A_connect_probe_finds_what_listens()
    {
        ProgramResult result = await fixture.RunAsync(
            Programs.Find("probe_connect.py"), "10.77.0.0/24", "22,80,6379,8080", "--count", "160");

        Assert.Equal(
            "10.77.0.10:80 open\n10.77.0.10:8080 open\n10.77.0.20:6379 open\n10.77.0.30:22 open\n4 open of 160\n",
            result.Output);
    }

    [Fact]
    public async Task A_UDP_probe_sends_what_it_is_told_to()
    {
        ProgramResult result = await fixture.RunAsync(Programs.Find("probe_udp.py"), "10.77.0.0/24", "53,161", "20");

        Assert.Equal("sent 20\n", result.Output);
    }

    [Fact]
    public async Task A_key_scan_talks_to_the_build_host()
    {
        ProgramResult result = await fixture.RunAsync(Programs.Find("keyscan.sh"), "10.77.0", "32");

        Assert.Equal("keyscan ended\n", result.Output);
        Assert.True(fixture.Internet.Traffic.Single(traffic => traffic.Service == "build-host").Accepted > 0);
    }

    [Fact]
    public async Task An_honest_download_goes_on_after_refusals()
    {
        ProgramResult result = await fixture.RunAsync(
            Programs.Find("honest_fetch.py"), "/simple/", "http://203.0.113.200", "http://10.77.0.99",
            "http://192.0.2.80");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Output.Split("Connection refused").Length - 1);
        Assert.Contains("from http://192.0.2.80", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_metadata_service_hands_its_worthless_role_to_who_asks()
    {
        ProgramResult result = await fixture.RunAsync(Programs.Find("metadata_by_address.py"));

        Assert.Equal("simulated-role\n", result.Output);
    }

    [Fact]
    public async Task Asking_for_a_name_prints_its_address()
    {
        ProgramResult result = await fixture.RunAsync(Programs.Find("metadata_by_name.py"), "localhost");

        Assert.Equal("127.0.0.1\n", result.Output);
    }
}
