using Aurelian.Sandbox;

namespace Aurelian.UnitTests.Sandbox;

public sealed class CgroupLayoutTests
{
    private static readonly string[] Unified =
        ["30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate"];

    private static readonly string[] Hybrid =
    [
        "30 23 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755",
        "31 30 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu",
        "32 30 0:28 / /sys/fs/cgroup/memory rw,relatime shared:10 - cgroup cgroup rw,memory",
        "33 30 0:29 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids",
        "34 30 0:30 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
        // A container's own view of a part of it, and a second mount of the same.
        "35 30 0:28 /docker/x /mnt/part rw,relatime - cgroup cgroup rw,memory",
    ];

    [Fact]
    public void Pure_v2_limits_through_the_one_hierarchy()
    {
        CgroupLayout layout = CgroupLayout.Parse(Unified, _ => ["cpu", "memory", "pids", "io"]);

        Assert.Equal("/sys/fs/cgroup", layout.Unified);
        Assert.Empty(layout.Hierarchies);
        Assert.True(layout.IsUnified("cpu") && layout.IsUnified("memory") && layout.IsUnified("pids"));
        Assert.False(layout.IsUnified("devices"));
    }

    [Fact]
    public void A_hybrid_limits_through_v1_and_tells_apart_through_v2()
    {
        CgroupLayout layout = CgroupLayout.Parse(Hybrid, _ => []);

        Assert.Equal("/sys/fs/cgroup/unified", layout.Unified);
        Assert.Equal(3, layout.Hierarchies.Count);
        Assert.Equal("/sys/fs/cgroup/memory", layout.Controllers["memory"]);
        Assert.False(layout.IsUnified("memory"));
    }

    [Fact]
    public void A_controller_that_v1_has_is_not_taken_from_v2() => Assert.False(
        CgroupLayout.Parse(Hybrid, _ => ["memory", "io"]).IsUnified("memory"));

    [Fact]
    public void Without_v2_nothing_can_be_told_apart_and_nothing_starts() => Assert.Equal(
        SandboxFailure.Missing,
        Assert.Throws<SandboxException>(() => CgroupLayout.Parse(Hybrid[..4], _ => [])).Reason);
}
