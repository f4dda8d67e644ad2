using System.Globalization;
using Aurelian.Investigation.Answer;

namespace Aurelian.Investigation.Reporting;

/// <summary>Numbers and moments as people read them.</summary>
internal static class CaseWords
{
    internal static string Number(double? number, string format = "0.#") =>
        number?.ToString(format, CultureInfo.InvariantCulture) ?? "unknown";

    internal static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Counted(int number, string one, string many) =>
        $"{Count(number)} {(number == 1 ? one : many)}";

    internal static string Percent(double share) => share is > 0.999 and < 1 ? "over 99.9 %"
        : Number(share * 100, share is > 0.99 or (> 0 and < 0.01) && share < 1 ? "0.0" : "0") + " %";

    internal static string Range(Interval? interval, string format = "0.##") => interval is { } known
        ? $"{Number(known.Low, format)} to {Number(known.High, format)}" : "unknown";

    /// <summary>In UTC.</summary>
    internal static string Moment(double seconds) => At(seconds).ToString(
        "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    internal static string Clock(double seconds, bool withSeconds) => At(seconds).ToString(
        withSeconds ? "HH:mm:ss" : "HH:mm", CultureInfo.InvariantCulture);

    internal static string Day(double seconds) => At(seconds).ToString("d MMM", CultureInfo.InvariantCulture);

    internal static string Span(double seconds) => seconds < 120 ? $"{Number(seconds)} s"
        : seconds < 7200 ? $"{Number(seconds / 60)} min" : $"{Number(seconds / 3600)} h";

    internal static string Probability(double? q) => q is not { } known ? "unknown"
        : known < 0.001 ? known.ToString("0.#E-0", CultureInfo.InvariantCulture) : Number(known, "0.###");

    internal static string Kind(CauseKind kind) => kind switch
    {
        CauseKind.Task => "task",
        CauseKind.Episode => "episode",
        CauseKind.Tool => "tool",
        CauseKind.Command => "command with",
        CauseKind.Checkpoint => "checkpoint",
        CauseKind.Step => "training step",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static string Short(string text, int charactersMax) =>
        text.Length > charactersMax ? text[..(charactersMax - 1)] + "…" : text;

    private static DateTimeOffset At(double seconds) =>
        DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(seconds, 0, 253_402_300_000));
}
