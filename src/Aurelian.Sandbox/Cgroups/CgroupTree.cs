using System.Globalization;

namespace Aurelian.Sandbox;

/// <summary>
/// Our part of the machine's cgroups: <c>aurelian-PID/SANDBOX/CALL</c> in cgroup2, and the sandbox's folder in each v1
/// hierarchy for its limits. Nothing above <c>aurelian-PID</c> is ever changed but for enabling controllers there.
/// </summary>
internal sealed class CgroupTree(CgroupLayout layout, string name)
{
    internal const string InitName = "init";
    private const string RuntimeName = "runtime";
    private static readonly string[] Limiting = ["cpu", "memory", "pids"];

    /// <summary>On an idle machine a killed sandbox is empty long before.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(10);

    private readonly Lock _hurrying = new();
    private int _hurried;

    /// <summary>Our cgroup2 folder: where sensors attach.</summary>
    internal string Root { get; } = Path.Combine(layout.Unified, name);

    internal string Name => name;

    /// <summary>Where runtimes join while they start a sandbox: one that hangs is found by it, also by the next
    /// start.</summary>
    internal string RuntimeMembers => Path.Combine(Root, RuntimeName, "cgroup.procs");

    /// <summary>Our folder in every hierarchy.</summary>
    internal IReadOnlyList<string> Folders { get; } =
        [Path.Combine(layout.Unified, name), .. layout.Hierarchies.Select(mount => Path.Combine(mount, name))];

    internal void Create()
    {
        foreach (string controller in Limiting.Where(controller => !layout.Controllers.ContainsKey(controller)))
        {
            throw new SandboxException(
                SandboxFailure.Missing,
                    $"The kernel has no cgroup controller '{controller}': limits cannot be enforced.");
        }

        Directory.CreateDirectory(Path.Combine(Root, RuntimeName));
        string[] unified = [.. Limiting.Where(layout.IsUnified)];
        if (unified.Length > 0)
        {
            Write(layout.Unified, "cgroup.subtree_control", string.Join(' ', unified.Select(each => $"+{each}")));
            Write(Root, "cgroup.subtree_control", string.Join(' ', unified.Select(each => $"+{each}")));
        }

        Yield();
    }

    /// <summary>
    /// All sandboxes together yield to the rest of the machine, ourselves first: containment must not wait.
    /// </summary>
    private void Yield() => Weigh(20, 204);

    private void Weigh(int weight, int shares)
    {
        string folder = Path.Combine(layout.Controllers["cpu"], name);
        Directory.CreateDirectory(folder);
        if (layout.IsUnified("cpu"))
        {
            TryWrite(folder, "cpu.weight", $"{weight}");
        }
        else
        {
            TryWrite(folder, "cpu.shares", $"{shares}");
        }
    }

    /// <summary>
    /// Until <see cref="Settle"/>, sandboxes yield to nobody: one that is to be frozen must get a processor to stop on,
    /// and would wait for it behind everything that it yields to otherwise.
    /// </summary>
    internal void Hurry()
    {
        lock (_hurrying)
        {
            if (_hurried++ == 0)
            {
                Weigh(10_000, 262_144);
            }
        }
    }

    internal void Settle()
    {
        lock (_hurrying)
        {
            if (--_hurried == 0)
            {
                Yield();
            }
        }
    }

    /// <summary>
    /// Waits until every killed process of a folder has ended; on a busy machine they stop yielding to others.
    /// </summary>
    internal async ValueTask WaitEmptyAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await CallCgroup.IsEmptyWithinAsync(folder, AtOnce, time, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        Hurry();
        try
        {
            await CallCgroup.WaitEmptyAsync(folder, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Settle();
        }
    }

    internal string SandboxFolder(string sandbox) => Path.Combine(Root, sandbox);

    internal string CallFolder(string sandbox, string call) => Path.Combine(Root, sandbox, call);

    /// <summary>Makes the sandbox's folders and sets its limits; throws when one cannot be set.</summary>
    internal void CreateSandbox(string sandbox, ResourceLimits limits)
    {
        Directory.CreateDirectory(SandboxFolder(sandbox));
        foreach (string mount in layout.Hierarchies)
        {
            string folder = Path.Combine(mount, name, sandbox);
            Directory.CreateDirectory(folder);
            InheritCpuset(Path.Combine(mount, name));
            InheritCpuset(folder);
        }

        SetCpu(sandbox, limits.Cpus);
        SetMemory(sandbox, limits.MemoryBytes);
        Write(LimitFolder("pids", sandbox), "pids.max", limits.Processes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The sandbox's <c>cgroup.procs</c> in each v1 hierarchy, for the warden.</summary>
    internal IReadOnlyList<string> Memberships(string sandbox) =>
    [
        .. layout.Hierarchies.Select(mount =>
        {
            // runc's device rules lie one level deeper than our limits.
            bool devices = layout.Controllers.Any(entry => entry is { Key: "devices" } && entry.Value == mount);
            return Path.Combine(mount, name, devices ? Path.Combine(sandbox, InitName) : sandbox, "cgroup.procs");
        }),
    ];

    /// <summary>
    /// Lifts the CPU limit: a process that is throttled reaches the freezer only in its next period, up to 100 ms
    /// later.
    /// </summary>
    internal void LiftCpu(string sandbox)
    {
        string folder = LimitFolder("cpu", sandbox);
        if (layout.IsUnified("cpu"))
        {
            TryWrite(folder, "cpu.max", "max");
        }
        else
        {
            TryWrite(folder, "cpu.cfs_quota_us", "-1");
        }
    }

    internal long? ReadMemory(string sandbox, string call) =>
        layout.IsUnified("memory") ? ReadNumber(Path.Combine(CallFolder(sandbox, call), "memory.current")) : null;

    /// <summary>
    /// Makes new cgroup2 folders below the sandbox's: with new ids, so that what is still told of the old ones is never
    /// taken for the next sandbox's. False while processes are still in them. What standing still changed is set again.
    /// </summary>
    internal bool TryRenew(string sandbox, ResourceLimits limits)
    {
        string folder = SandboxFolder(sandbox);
        if (!Directory.GetDirectories(folder).All(TryRemove))
        {
            return false;
        }

        CallCgroup.SetFrozen(folder, false);
        SetCpu(sandbox, limits.Cpus);

        Directory.CreateDirectory(Path.Combine(folder, InitName));
        return true;
    }

    /// <summary>Removes the sandbox's folders; false while processes are still in them.</summary>
    internal bool TryRemoveSandbox(string sandbox) => Folders.All(folder => TryRemove(Path.Combine(folder, sandbox)));

    internal bool TryRemoveAll() => Folders.All(TryRemove);

    internal static bool TryRemove(string folder)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                return true;
            }

            foreach (string child in Directory.GetDirectories(folder))
            {
                TryRemove(child);
            }

            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    internal static long? ReadNumber(string file) =>
        File.Exists(file) && long.TryParse(File.ReadAllText(file).AsSpan().Trim(), out long number) ? number : null;

    private void SetCpu(string sandbox, double cpus)
    {
        const int periodMicroseconds = 100_000;
        long quota = Math.Max(1000, (long)(cpus * periodMicroseconds));
        string folder = LimitFolder("cpu", sandbox);
        if (layout.IsUnified("cpu"))
        {
            Write(folder, "cpu.max", $"{quota} {periodMicroseconds}");
        }
        else
        {
            Write(folder, "cpu.cfs_period_us", $"{periodMicroseconds}");
            Write(folder, "cpu.cfs_quota_us", $"{quota}");
        }
    }

    private void SetMemory(string sandbox, long bytes)
    {
        string folder = LimitFolder("memory", sandbox);
        if (layout.IsUnified("memory"))
        {
            Write(folder, "memory.max", $"{bytes}");
            TryWrite(folder, "memory.swap.max", "0");
            TryWrite(folder, "memory.oom.group", "0");
        }
        else
        {
            Write(folder, "memory.limit_in_bytes", $"{bytes}");
            TryWrite(folder, "memory.memsw.limit_in_bytes", $"{bytes}");
        }
    }

    private string LimitFolder(string controller, string sandbox) =>
        Path.Combine(layout.Controllers[controller], name, sandbox);

    /// <summary>A v1 cpuset refuses processes until it was told its processors and memory nodes.</summary>
    private static void InheritCpuset(string folder)
    {
        foreach (string file in new[] { "cpuset.cpus", "cpuset.mems" })
        {
            string own = Path.Combine(folder, file);
            if (File.Exists(own) && string.IsNullOrWhiteSpace(File.ReadAllText(own)))
            {
                File.WriteAllText(own, File.ReadAllText(Path.Combine(folder, "..", file)).Trim());
            }
        }
    }

    private static void TryWrite(string folder, string file, string text)
    {
        try
        {
            Write(folder, file, text);
        }
        catch (SandboxException)
        {
            // Swap accounting is off on many machines; the memory limit itself is set.
        }
    }

    private static void Write(string folder, string file, string text)
    {
        try
        {
            if (!CgroupFile.TryWrite($"{folder}/{file}", text))
            {
                throw new FileNotFoundException("there is no such file");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(
                SandboxFailure.Missing, $"Cannot set {file} in {folder}: {exception.Message}", exception);
        }
    }
}
