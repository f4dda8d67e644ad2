using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Sensors;

/// <summary>
/// What the processes of a call that computes are like: read from the host's own proc, so that nothing inside can
/// answer in their place. Bounded, and asked only of calls that keep a core busy.
/// </summary>
internal static class ProcessActivity
{
    private const int ProcessesMax = 64;
    private const int ThreadsMax = 256;

    internal static BurnShape Read(IReadOnlyList<int> pids)
    {
        int running = 0, threads = 0;
        long? written = null;
        long huge = 0;
        foreach (int pid in pids.Take(ProcessesMax))
        {
            try
            {
                written = Sum(written, Field($"/proc/{pid}/io", "wchar:"));
                huge += 1024 * (Field($"/proc/{pid}/status", "HugetlbPages:") ?? 0);
                foreach (string thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
                {
                    running += ++threads <= ThreadsMax && IsRunning($"{thread}/stat") ? 1 : 0;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended between two reads.
            }
        }

        return new BurnShape(Environment.ProcessorCount, running, written, huge);
    }

    private static long? Sum(long? sum, long? more) => more is null ? sum : (sum ?? 0) + more;

    private static long? Field(string file, string name)
    {
        foreach (string line in File.ReadLines(file))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return long.TryParse(
                    line.AsSpan(name.Length).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture,
                    out long value) ? value : null;
            }
        }

        return null;
    }

    /// <summary>The state stands behind the name, which may hold anything.</summary>
    private static bool IsRunning(string file)
    {
        string line = File.ReadAllText(file);
        return line.LastIndexOf(')') is var end and >= 0 && end + 2 < line.Length && line[end + 2] == 'R';
    }
}
