using System.Globalization;

namespace Aurelian.Training;

/// <summary>Says before the work starts that something cannot fit in memory.</summary>
internal static class MemoryBudget
{
    internal static void Require(long bytes, string what)
    {
        long available = Available();
        if (bytes > available)
        {
            throw TrainingException.BadInput(string.Create(CultureInfo.InvariantCulture,
                $"{what} needs {Gibibytes(bytes):F1} GiB and {Gibibytes(available):F1} GiB are free: take a smaller "
                + $"model or a larger machine"));
        }
    }

    /// <summary>What could be had without swapping; the process's own limit where that is less.</summary>
    private static long Available()
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        try
        {
            string line = File.ReadLines("/proc/meminfo")
                .First(one => one.StartsWith("MemAvailable:", StringComparison.Ordinal));
            string number = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return Math.Min(limit, long.Parse(number, CultureInfo.InvariantCulture) * 1024);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return limit;
        }
    }

    private static double Gibibytes(long bytes) => bytes / (1024.0 * 1024 * 1024);
}
