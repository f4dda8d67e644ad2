namespace Aurelian.Sandbox;

/// <summary>
/// Where this machine's cgroup hierarchies are. Pure v2 has one; hybrid and v1 machines limit through v1 and keep a
/// cgroup2 tree beside it for identity, freezing and killing.
/// </summary>
/// <param name="Unified">Mount point of cgroup2.</param>
/// <param name="Hierarchies">Mount points of v1, one for each hierarchy; empty on pure v2.</param>
/// <param name="Controllers">Resource controllers by name, with the mount point that has them.</param>
internal sealed record CgroupLayout(
    string Unified, IReadOnlyList<string> Hierarchies, IReadOnlyDictionary<string, string> Controllers)
{
    internal bool IsUnified(string controller) =>
        Controllers.TryGetValue(controller, out string? mount) && mount == Unified;

    internal static CgroupLayout Probe() => Parse(
        File.ReadLines("/proc/self/mountinfo"),
        mount => File.Exists($"{mount}/cgroup.controllers")
            ? File.ReadAllText($"{mount}/cgroup.controllers").Split((char[]?)null,
                StringSplitOptions.RemoveEmptyEntries)
            : []);

    /// <param name="mounts">Lines of <c>/proc/self/mountinfo</c>.</param>
    /// <param name="unifiedControllers">The controllers that a cgroup2 mount point offers.</param>
    internal static CgroupLayout Parse(IEnumerable<string> mounts, Func<string,
        IReadOnlyList<string>> unifiedControllers)
    {
        string? unified = null;
        List<string> hierarchies = [];
        Dictionary<string, string> controllers = [];
        foreach (string[] fields in mounts.Select(line => line.Split(' ')))
        {
            int separator = Array.IndexOf(fields, "-");
            string mount = fields[4];
            if (separator < 0 || fields[3] != "/")
            {
                continue;
            }

            if (fields[separator + 1] == "cgroup2")
            {
                unified ??= mount;
            }
            else if (fields[separator + 1] == "cgroup" && !hierarchies.Contains(mount))
            {
                hierarchies.Add(mount);
                foreach (string controller in fields[separator + 3].Split(','))
                {
                    controllers.TryAdd(controller, mount);
                }
            }
        }

        if (unified is null)
        {
            throw new SandboxException(
                SandboxFailure.Missing,
                "No cgroup2 hierarchy is mounted. Mount one: mount -t cgroup2 none /sys/fs/cgroup/unified");
        }

        foreach (string controller in unifiedControllers(unified))
        {
            controllers.TryAdd(controller, unified);
        }

        return new CgroupLayout(unified, hierarchies, controllers);
    }
}
