using System.Net.Sockets;
using Aurelian.Events;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>Ways out that are there already: sockets of the host, descriptors, somebody else's connection.</summary>
[Collection(EgressCollection.Name)]
public sealed class LocalAttackTests(EgressFixture fixture)
{
    private const string Program = "local.py";

    [Fact]
    public async Task A_socket_of_the_host_in_the_abstract_namespace_is_not_there()
    {
        string name = $"@aurelian-egress-{Environment.ProcessId}";
        using Socket listener = Listen(new UnixDomainSocketEndPoint("\0" + name[1..]));

        Attempt attempt = await (await fixture.TryAsync(Program, "unix", name)).HeldAsync();

        Assert.Equal("refused ECONNREFUSED", attempt.Outcome);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_socket_of_the_host_by_its_path_is_not_there()
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-egress-").FullName;
        string path = Path.Combine(folder, "host.sock");
        using Socket listener = Listen(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(folder, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(path, (UnixFileMode)0x1FF);

        Attempt attempt = await (await fixture.TryAsync(Program, "unix", path)).HeldAsync();

        Assert.Equal("refused ENOENT", attempt.Outcome);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("/run/docker.sock")]
    [InlineData("/var/run/docker.sock")]
    [InlineData("/run/containerd/containerd.sock")]
    [InlineData("/run/dbus/system_bus_socket")]
    public async Task A_service_s_socket_is_not_there(string path)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "unix", path)).HeldAsync();

        Assert.StartsWith("refused", attempt.Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_is_born_with_three_pipes_and_no_socket()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "descriptors")).HeldAsync();

        Assert.Equal("silent", attempt.Outcome);
    }

    [Fact]
    public async Task The_pipes_that_pid_1_holds_are_not_to_be_seen()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "parent")).HeldAsync();

        Assert.Equal("refused EACCES", attempt.Outcome);
    }

    [Fact]
    public async Task A_connection_handed_to_a_later_call_is_still_the_first_one_s_and_still_for_its_host()
    {
        Attempt giver = await fixture.TryAsync(Program, "pass");
        Attempt taker = await (await fixture.TryAsync(Program, "take")).HeldAsync();

        await fixture.SettleAsync(giver.Call);
        giver.WasCut("a request for evil.example on a connection to mirror.example");
        Assert.DoesNotContain(taker.Facts<Fact.FlowClosed>(), flow =>
            flow.Reason.Contains("evil.example", StringComparison.Ordinal));
    }

    private static Socket Listen(UnixDomainSocketEndPoint endpoint)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(endpoint);
        listener.Listen();
        return listener;
    }
}
