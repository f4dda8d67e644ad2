namespace Aurelian.Sandbox;

/// <summary>What the sandbox finds on this machine, for <c>doctor</c>.</summary>
public static class MachineFacts
{
    public static bool HasLandlock => Landlock.IsSupported;

    /// <summary>Throws <see cref="SandboxException"/> when there is no cgroup2 hierarchy.</summary>
    public static string DescribeCgroups()
    {
        CgroupLayout layout = CgroupLayout.Probe();
        return layout.Hierarchies.Count == 0
            ? $"v2 at {layout.Unified}"
            : $"hybrid: limits through {layout.Hierarchies.Count} v1 hierarchies, identity through {layout.Unified}";
    }
}
