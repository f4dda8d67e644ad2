using System.Globalization;
using System.Text;

namespace Aurelian.Readers;

/// <summary>One sample of load: cores in use, or the share of a GPU (0 to 1), of whatever the subject names.</summary>
public readonly record struct LoadSample(long Line, long Ns, string Subject, double? Cores, double? Gpu);

/// <summary>
/// CPU and GPU samples as a plain table: time, subject and a load in cores or per cent, as a metrics system exports
/// them; <c>nvidia-smi --query-gpu=… --format=csv</c> is such a table, too.
/// </summary>
public static class LoadSamples
{
    private static readonly string[] Time = ["timestamp", "ts", "datetime", "date"],
        Subject = ["episode", "sandbox", "container", "container_id", "host", "host_ip", "instance", "pod", "name",
            "index", "uuid"],
        Cores = ["cpu_cores", "cpu", "cores_used", "cpu_usage"],
        Percent = ["cpu%", "cpu[%]", "cpu_utilization", "cpu_pct", "cpu_percentage"],
        Gpu = ["utilization.gpu[%]", "utilization.gpu", "gpu%", "gpu_utilization", "gpu_percent", "gpu_util"];

    /// <summary>A telemetry table's columns may be named with these.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["time", "subject", "cores", "percent", "gpu"];

    internal static bool Looks(ReadOnlySpan<byte> head)
    {
        CsvTable table = new(new MemoryStream(head.ToArray()));
        return !head.Contains((byte)0) && table.TryReadHeader() && Columns(table) is [>= 0, _, ..] columns
            && columns.Skip(2).Any(column => column >= 0);
    }

    /// <summary>Null when the file is no such table: the caller asks the other readers.</summary>
    /// <exception cref="IOException">There is no such file, or it may not be read.</exception>
    public static IEnumerable<LoadSample>? TryRead(string path, ReadReport report)
    {
        HeadStream stream = Unpacking.Open(new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0), 64 * 1024);
        if (Looks(stream.Head))
        {
            return Read(stream, report);
        }

        stream.Dispose();
        return null;
    }

    private static IEnumerable<LoadSample> Read(Stream input, ReadReport report)
    {
        using Stream stream = input;
        CsvTable table = new(stream);
        if (!table.TryReadHeader())
        {
            yield break;
        }

        int[] columns = Columns(table);
        StringPool pool = new();
        while (!report.IsHopeless && table.TryRead())
        {
            double? cores = Number(table[columns[2]]) ?? Number(table[columns[3]]) / 100, gpu = Number(
                table[columns[4]]) / 100;
            if (!Stamps.TryRead(Encoding.UTF8.GetBytes(table[columns[0]]), report, out long ns))
            {
                report.Reject("line", table.Line, "without a time");
            }
            else if (cores is null && gpu is null)
            {
                report.Reject("line", table.Line, "without a load");
            }
            else
            {
                report.Accept();
                yield return new LoadSample(table.Line, ns, pool.Get(table[columns[1]]), cores, gpu);
            }
        }
    }

    private static int[] Columns(CsvTable table) =>
    [
        ColumnMap.Usual.Find(table.Header, "time", Time), ColumnMap.Usual.Find(table.Header, "subject", Subject),
        ColumnMap.Usual.Find(table.Header, "cores", Cores), ColumnMap.Usual.Find(table.Header, "percent", Percent),
        ColumnMap.Usual.Find(table.Header, "gpu", Gpu),
    ];

    private static double? Number(string text) => double.TryParse(
        text.TrimEnd('%', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && number is >= 0 and < 1e9 ? number : null;
}
