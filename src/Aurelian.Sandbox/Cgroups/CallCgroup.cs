using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Aurelian.Sandbox;

/// <summary>Readings and acts on one cgroup2 folder.</summary>
internal static class CallCgroup
{
    /// <summary>Of cgroup.events and cpu.stat; longer ones say nothing of ours beyond it.</summary>
    private const int TextMax = 1024;

    private const int PidsTextMin = 4096;

    private static ReadOnlySpan<byte> Populated => "populated 1"u8;

    private static ReadOnlySpan<byte> Empty => "populated 0"u8;

    private static ReadOnlySpan<byte> Frozen => "frozen 1"u8;

    private static ReadOnlySpan<byte> Usage => "usage_usec "u8;

    private static readonly TimeSpan FrozenMax = TimeSpan.FromSeconds(2);

    /// <summary>Killed processes need a processor to end on: where two hundred others want one, that takes its
    /// time.</summary>
    private static readonly TimeSpan EmptyMax = TimeSpan.FromSeconds(30);

    /// <summary>The id that BPF sees: the folder's inode.</summary>
    internal static ulong Id(string folder) => Inode(folder);

    /// <summary>CPU seconds of everything that ever ran in the folder.</summary>
    internal static double ReadCpuSeconds(string folder)
    {
        Span<byte> buffer = stackalloc byte[TextMax];
        string file = $"{folder}/cpu.stat";
        int length = CgroupFile.Read(file, buffer);
        if (length < 0)
        {
            throw new FileNotFoundException($"{file} is gone.", file);
        }

        ReadOnlySpan<byte> text = buffer[..length];
        int at = text.IndexOf(Usage);
        return at >= 0 && Utf8Parser.TryParse(text[(at + Usage.Length)..], out long microseconds, out _)
            ? microseconds / 1e6
            : 0;
    }

    /// <summary>Processes in the folder and below it, as seen from the host.</summary>
    internal static IReadOnlyList<int> ReadPids(string folder)
    {
        List<int> pids = [];
        if (ReadOwnPids(folder, pids))
        {
            foreach (string below in Directory.GetDirectories(folder))
            {
                pids.AddRange(ReadPids(below));
            }
        }

        return pids;
    }

    private static bool ReadOwnPids(string folder, List<int> pids)
    {
        for (int size = PidsTextMin; ; size *= 4)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                int length = CgroupFile.Read($"{folder}/cgroup.procs", buffer);
                if (length == buffer.Length)
                {
                    continue;
                }

                for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, Math.Max(0, length));
                    Utf8Parser.TryParse(rest, out int pid, out int used); rest = rest[(used + 1)..])
                {
                    pids.Add(pid);
                }

                return length >= 0;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Kills everything in the folder and below.</summary>
    internal static void Kill(string folder)
    {
        if (CgroupFile.TryWrite($"{folder}/cgroup.kill", "1") || !Directory.Exists(folder))
        {
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

    internal static void SetFrozen(string folder, bool frozen)
    {
        if (!CgroupFile.TryWrite($"{folder}/cgroup.freeze", frozen ? "1" : "0"))
        {
            throw new FileNotFoundException($"{folder} cannot be frozen or thawed: it is gone.");
        }
    }

    /// <summary>Whether a process lives in the folder or below; a zombie does not.</summary>
    internal static bool IsPopulated(string folder) => Says(folder, Populated, whereGone: false);

    internal static async ValueTask WaitFrozenAsync(
        string folder, TimeProvider time, CancellationToken cancellationToken) => Require(folder, "frozen",
            await WaitAsync(folder, frozen: true, FrozenMax, time, cancellationToken).ConfigureAwait(false));

    internal static async ValueTask WaitEmptyAsync(
        string folder, TimeProvider time, CancellationToken cancellationToken) => Require(folder, "empty",
            await WaitAsync(folder, frozen: false, EmptyMax, time, cancellationToken).ConfigureAwait(false));

    /// <summary>Whether no process lives in the folder any more, within a time.</summary>
    internal static ValueTask<bool> IsEmptyWithinAsync(
        string folder, TimeSpan max, TimeProvider time, CancellationToken cancellationToken) =>
        WaitAsync(folder, frozen: false, max, time, cancellationToken);

    private static bool Says(string folder, ReadOnlySpan<byte> line, bool whereGone)
    {
        Span<byte> text = stackalloc byte[TextMax];
        int length = CgroupFile.Read($"{folder}/cgroup.events", text);
        return length < 0 ? whereGone : text[..length].IndexOf(line) >= 0;
    }

    private static void Require(string folder, string state, bool came)
    {
        if (!came)
        {
            throw new SandboxException(SandboxFailure.Broken, $"{folder} did not become {state}.");
        }
    }

    /// <summary>Waits for a line in <c>cgroup.events</c>: at once if it is there, else in growing steps.</summary>
    private static async ValueTask<bool> WaitAsync(
        string folder, bool frozen, TimeSpan max, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (int round = 0; ; round++)
        {
            if (Says(folder, frozen ? Frozen : Empty, whereGone: true))
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
