using Aurelian.Sandbox;

namespace Aurelian.UnitTests.Sandbox;

public sealed class RuntimeTests
{
    [Theory]
    [InlineData(null, "runc")]
    [InlineData("crun", "crun")]
    [InlineData("/usr/local/bin/youki", "/usr/local/bin/youki")]
    public void A_runtime_that_is_known_need_not_be_described(string? command, string expected) =>
        Assert.Equal(new RuntimeConfig(expected, true, true), RuntimeConfig.Of(command, null, null));

    [Theory]
    [InlineData("runsc", null, null)]
    [InlineData("runsc", true, null)]
    [InlineData("kata-runtime", null, false)]
    public void Another_says_what_it_can_do_or_is_not_taken(string command, bool? cgroup, bool? events) =>
        Assert.Null(RuntimeConfig.Of(command, cgroup, events));

    [Fact]
    public void What_was_said_counts_for_a_known_one_too()
    {
        Assert.False(RuntimeConfig.Of("runc", false, null)!.IsExact);
        Assert.False(RuntimeConfig.Of("runsc", false, false)!.HostSyscallEvents);
    }

    [Theory]
    [InlineData("1.3.3-1", true)]
    [InlineData("1.3.3-0ubuntu1~24.04.2", true)]
    [InlineData("1.2.8", true)]
    [InlineData("1.1.5+ds1-1+deb12u1", null)]
    [InlineData("1.1.12-0ubuntu3.1", null)]
    [InlineData("1.1.7-0ubuntu1~22.04.2", null)]
    [InlineData("1.1.7-0ubuntu2.2", null)]
    [InlineData("1.0.0~rc93+ds1-5+deb11u3", null)]
    [InlineData("1.1.5+ds1-1", false)]
    [InlineData("1.1.7-0ubuntu1~22.04.1", false)]
    [InlineData("1.0.0~rc93+ds1-5+deb11u2", false)]
    [InlineData("1.1.11", false)]
    public void A_package_is_judged_with_what_was_ported_back_to_it(string version, bool? safe) =>
        Assert.Equal(safe, RuntimeAdvice.Judge(version).Safe);

    [Fact]
    public void Two_hosts_on_one_machine_share_no_user()
    {
        HashSet<uint> users = [];
        foreach (uint host in new uint[] { 4000, 4001, 4002 })
        {
            for (int made = 1; made <= 500; made++)
            {
                UserBlock block = UserBlock.At(0x70000000, host, made);
                Assert.True(users.Add(block.Keeper) && users.Add(block.Agent) && users.Add(block.Grader));
            }
        }

        Assert.True(users.Max() < int.MaxValue);
    }
}
