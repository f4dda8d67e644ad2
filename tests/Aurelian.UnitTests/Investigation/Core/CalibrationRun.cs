using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Aurelian.UnitTests.Investigation.Core;

/// <summary>
/// The rows of a setting, each seed run once for all figures. AURELIAN_CALIBRATION_SEEDS says how many seeds;
/// AURELIAN_CALIBRATION_FILE keeps them, a JSON line a seed, so that a run that was cut off goes on.
/// </summary>
public static class CalibrationRun
{
    private const int FirstSeed = 1000;

    private static readonly string? File = Environment.GetEnvironmentVariable("AURELIAN_CALIBRATION_FILE");
    private static readonly ConcurrentDictionary<string, Lazy<CalibrationRow[]>> Known = new();
    private static readonly Lock Writing = new();

    public static int Seeds { get; } = int.Parse(
        Environment.GetEnvironmentVariable("AURELIAN_CALIBRATION_SEEDS") ?? "200", CultureInfo.InvariantCulture);

    public static CalibrationRow[] Of(string setting) =>
        Known.GetOrAdd(setting, s => new Lazy<CalibrationRow[]>(() => Rows(s))).Value;

    public static IReadOnlyList<CalibrationRow> Kept() => System.IO.File.Exists(File)
        ? [.. System.IO.File.ReadLines(File).Select(l => JsonSerializer.Deserialize<CalibrationRow>(l)!)]
        : [];

    private static CalibrationRow[] Rows(string setting)
    {
        Dictionary<int, CalibrationRow> kept = Kept().Where(r => r.Setting == setting).ToDictionary(r => r.Seed);
        return [.. Enumerable.Range(FirstSeed, Seeds).Select(seed =>
        {
            if (!kept.TryGetValue(seed, out CalibrationRow? row))
            {
                Keep(row = CalibrationRow.Of(setting, seed));
            }

            return row;
        })];
    }

    private static void Keep(CalibrationRow row)
    {
        lock (Writing)
        {
            if (File is not null)
            {
                System.IO.File.AppendAllText(File, JsonSerializer.Serialize(row) + "\n");
            }
        }
    }
}
