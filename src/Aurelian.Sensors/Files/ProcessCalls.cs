using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Sensors;

/// <summary>
/// Which call a process belongs to: by what the kernel sensor noted at its birth, which holds for one that is gone too;
/// without that sensor by the cgroup that /proc names, while it lives.
/// </summary>
/// <param name="cgroupRoot">The run's own cgroup2 folder.</param>
/// <param name="bornIn">The kernel sensor's register; null where there is none.</param>
public sealed class ProcessCalls(string cgroupRoot, CgroupDirectory directory, Func<int, Subject?>? bornIn)
{
    internal Subject? Find(int pid) => bornIn?.Invoke(pid) ?? FromCgroup(pid);

    /// <summary>
    /// By the cgroup's id, not its folder's name: a sandbox that was made ahead is named before it has an episode.
    /// </summary>
    private Subject? FromCgroup(int pid)
    {
        try
        {
            string line = File.ReadLines($"/proc/{pid}/cgroup").FirstOrDefault(each =>
                each.StartsWith("0::", StringComparison.Ordinal)) ?? "";
            string root = "/" + Path.GetFileName(cgroupRoot) + "/";
            int at = line.IndexOf(root, StringComparison.Ordinal);
            return at >= 0
                && directory.TryFind(Native.CgroupId(Path.Combine(cgroupRoot, line[(at + root.Length)..])), out
                    Subject subject)
                ? subject with { Pid = pid }
                : null;
        }
        catch (IOException)
        {
            return null; // gone already
        }
    }
}
