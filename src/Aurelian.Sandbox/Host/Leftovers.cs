using System.Globalization;

namespace Aurelian.Sandbox;

/// <summary>
/// What a run leaves when it and its warden were both killed: swept at the next start. Ours are named after the process
/// and its start time, so a reused pid is no owner.
/// </summary>
internal static class Leftovers
{
    private const string Prefix = "aurelian-";
    private const int StartTimeField = 22;

    private static int _hosts;

    /// <summary><c>aurelian-PID-STARTTIME</c>; a process's second host has <c>-2</c> after it.</summary>
    internal static string OwnName()
    {
        int host = Interlocked.Increment(ref _hosts);
        string name = $"{Prefix}{Environment.ProcessId}-{StartTime(Environment.ProcessId)}";
        return host == 1 ? name : $"{name}-{host}";
    }

    internal static void Sweep(string stateParent, string workParent)
    {
        CgroupLayout layout = CgroupLayout.Probe();
        foreach (string folder in Directory.GetDirectories(layout.Unified, $"{Prefix}*").Where(IsOrphan))
        {
            End(folder);
        }

        foreach (string mount in layout.Hierarchies.Prepend(layout.Unified))
        {
            foreach (string folder in Directory.GetDirectories(mount, $"{Prefix}*").Where(IsOrphan))
            {
                for (int round = 0; round < 200 && !CgroupTree.TryRemove(folder); round++)
                {
                    Thread.Yield();
                    Thread.SpinWait(100_000);
                }
            }
        }

        foreach (string folder in new[] { stateParent, workParent }.Distinct()
            .SelectMany(parent => Directory.GetDirectories(parent, $"{Prefix}*")).Where(IsOrphan))
        {
            RemoveFolder(folder);
        }
    }

    private static void End(string folder)
    {
        try
        {
            CallCgroup.SetFrozen(folder, false);
            CallCgroup.Kill(folder);
        }
        catch (IOException)
        {
            // Another start sweeps at the same time, and was first.
        }
    }

    internal static void RemoveFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Something in it is still going away; the next start sweeps again.
        }
    }

    private static bool IsOrphan(string folder)
    {
        string[] parts = Path.GetFileName(folder).Split('-');
        return parts.Length is 3 or 4
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && StartTime(pid) != parts[2];
    }

    /// <summary>The process's start in clock ticks since boot; empty when there is none.</summary>
    private static string StartTime(int pid)
    {
        try
        {
            // The second field is the name in parentheses and may hold anything.
            string status = File.ReadAllText($"/proc/{pid}/stat");
            return status[(status.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField - 3];
        }
        catch (IOException)
        {
            return "";
        }
    }
}
