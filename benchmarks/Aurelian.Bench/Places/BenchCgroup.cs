using System.Globalization;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// A cgroup2 folder of the bench's own, with the bench itself and the peers' containers in it: what either side costs
/// in processor time is read there, whatever else the machine does.
/// </summary>
internal sealed class BenchCgroup : IDisposable
{
    private readonly CgroupLayout _layout = CgroupLayout.Probe();
    private readonly string _root;
    private readonly string _before;

    internal BenchCgroup()
    {
        Name = $"aurelian-bench-{Environment.ProcessId}";
        _root = Path.Combine(_layout.Unified, Name);
        string own = File.ReadLines("/proc/self/cgroup")
            .First(line => line.StartsWith("0::", StringComparison.Ordinal));
        _before = $"{_layout.Unified}{own[3..]}/cgroup.procs";
        Directory.CreateDirectory($"{_root}/self");
        File.WriteAllText($"{_root}/self/cgroup.procs", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    internal string Name { get; }

    internal static double Milliseconds(string folder) => CallCgroup.ReadCpuSeconds(folder) * 1000;

    /// <summary>Of the bench, of what it started, and of the folders named besides.</summary>
    internal double CpuMilliseconds(params ReadOnlySpan<string> besides)
    {
        double sum = Milliseconds(_root);
        foreach (string folder in besides)
        {
            sum += Milliseconds(folder);
        }

        return sum;
    }

    public void Dispose()
    {
        File.WriteAllText(_before, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        CgroupTree.TryRemove(_root);
        // The runtime made the peers' folders in every hierarchy.
        foreach (string mount in _layout.Hierarchies)
        {
            CgroupTree.TryRemove(Path.Combine(mount, Name));
        }
    }
}
