using System.Globalization;
using System.Runtime.InteropServices;

namespace Aurelian.Sandbox;

/// <summary>Readings and acts on one cgroup2 folder.</summary>
internal static class CallCgroup
{
    private const string Empty = "populated 0";

    private static readonly TimeSpan FrozenMax = TimeSpan.FromSeconds(2);

    /// <summary>Killed processes need a processor to end on: where two hundred others want one, that takes its
    /// time.</summary>
    private static readonly TimeSpan EmptyMax = TimeSpan.FromSeconds(30);

    /// <summary>The id that BPF sees: the folder's inode.</summary>
    internal static ulong Id(string folder) => Inode(folder);

    /// <summary>CPU seconds of everything that ever ran in the folder.</summary>
    internal static double ReadCpuSeconds(string folder)
    {
        foreach (string line in File.ReadLines(Path.Combine(folder, "cpu.stat")))
        {
            if (line.StartsWith("usage_usec ", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan("usage_usec ".Length), CultureInfo.InvariantCulture) / 1e6;
            }
        }

        return 0;
    }

    /// <summary>Processes in the folder and below it, as seen from the host.</summary>
    internal static IReadOnlyList<int> ReadPids(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return
        [
            .. File.ReadLines(Path.Combine(folder, "cgroup.procs"))
                .Select(line => int.Parse(line, CultureInfo.InvariantCulture)),
            .. Directory.GetDirectories(folder).SelectMany(ReadPids),
        ];
    }

    /// <summary>Kills everything in the folder and below.</summary>
    internal static void Kill(string folder)
    {
        string file = Path.Combine(folder, "cgroup.kill");
        if (File.Exists(file))
        {
            File.WriteAllText(file, "1");
            return;
        }

        // Before Linux 5.14: freeze, so that nothing forks away meanwhile, then one by one.
        File.WriteAllText(Path.Combine(folder, "cgroup.freeze"), "1");
        foreach (int pid in ReadPids(folder))
        {
            _ = Native.Kill(pid, 9);
        }

        File.WriteAllText(Path.Combine(folder, "cgroup.freeze"), "0");
    }

    internal static void SetFrozen(string folder, bool frozen) =>
        File.WriteAllText(Path.Combine(folder, "cgroup.freeze"), frozen ? "1" : "0");

    /// <summary>Whether a process lives in the folder or below; a zombie does not.</summary>
    internal static bool IsPopulated(string folder)
    {
        string file = Path.Combine(folder, "cgroup.events");
        return File.Exists(file) && File.ReadAllText(file).Contains("populated 1", StringComparison.Ordinal);
    }

    internal static async ValueTask WaitFrozenAsync(
        string folder, TimeProvider time, CancellationToken cancellationToken) => Require(folder, "frozen",
            await WaitAsync(folder, "frozen 1", FrozenMax, time, cancellationToken).ConfigureAwait(false));

    internal static async ValueTask WaitEmptyAsync(
        string folder, TimeProvider time, CancellationToken cancellationToken) => Require(folder, "empty",
            await WaitAsync(folder, Empty, EmptyMax, time, cancellationToken).ConfigureAwait(false));

    /// <summary>Whether no process lives in the folder any more, within a time.</summary>
    internal static ValueTask<bool> IsEmptyWithinAsync(
        string folder, TimeSpan max, TimeProvider time, CancellationToken cancellationToken) =>
        WaitAsync(folder, Empty, max, time, cancellationToken);

    private static void Require(string folder, string state, bool came)
    {
        if (!came)
        {
            throw new SandboxException(SandboxFailure.Broken, $"{folder} did not become {state}.");
        }
    }

    /// <summary>Waits for a line in <c>cgroup.events</c>: at once if it is there, else in growing steps.</summary>
    private static async ValueTask<bool> WaitAsync(
        string folder, string line, TimeSpan max, TimeProvider time, CancellationToken cancellationToken)
    {
        string file = Path.Combine(folder, "cgroup.events");
        long start = time.GetTimestamp();
        for (int round = 0; ; round++)
        {
            if (!File.Exists(file) || File.ReadAllText(file).Contains(line, StringComparison.Ordinal))
            {
                return true;
            }

            if (time.GetElapsedTime(start) > max)
            {
                return false;
            }

            if (round < 64)
            {
                // On this very thread: another may be a busy core away.
                _ = Native.SleepMicroseconds(100);
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static unsafe ulong Inode(string folder)
    {
        // struct stat on 64-bit Linux: st_dev, then st_ino, eight bytes each.
        byte* status = stackalloc byte[256];
        return Native.Status(folder, status) == 0
            ? *(ulong*)(status + 8)
            : throw new SandboxException(
                SandboxFailure.Broken, $"{folder}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }
}
