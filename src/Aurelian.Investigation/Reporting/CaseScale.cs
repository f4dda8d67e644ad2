namespace Aurelian.Investigation.Reporting;

/// <summary>Time to a drawing's x: the window from <c>Start</c> to <c>End</c>, Unix seconds.</summary>
internal readonly record struct CaseScale(double Start, double End, double Left, double Right)
{
    private static readonly double[] Steps =
    [
        0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
        172_800, 604_800,
    ];

    private const int StepsMax = 11;

    internal double X(double time) =>
        Left + ((Math.Clamp(time, Start, End) - Start) / (End - Start) * (Right - Left));

    internal bool Shows(double from, double to) => to >= Start && from <= End;

    /// <summary>Round moments, and the step between them.</summary>
    internal IEnumerable<(double Time, string Text)> Ticks()
    {
        double span = End - Start;
        double step = Array.Find(Steps, each => span / each <= StepsMax) is var found and > 0 ? found : Steps[^1];
        for (double at = Math.Ceiling(Start / step) * step; at <= End; at += step)
        {
            yield return (at, step >= 86_400 ? CaseWords.Day(at) : CaseWords.Clock(at, withSeconds: step < 60));
        }
    }
}
