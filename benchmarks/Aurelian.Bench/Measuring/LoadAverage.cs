using System.Globalization;

namespace Aurelian.Bench;

/// <summary>Of the last minute: a timing taken on a busy machine says so.</summary>
internal static class LoadAverage
{
    internal static double Now =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
