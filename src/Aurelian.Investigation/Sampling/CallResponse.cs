namespace Aurelian.Investigation.Sampling;

/// <summary>
/// What one misbehaving call expects at one alert, before rates: the shapes of onset, active and after.
/// </summary>
/// <remarks>Chains hold millions of them: what they take in memory is what sampling costs.</remarks>
internal readonly record struct Response(int Alert, float Onset, float Active, float After);

/// <summary>
/// The alerts within one misbehaving call's reach and the shape of its rate at each, averaged over the stamp's grain;
/// and the same shapes summed over the time the log covers.
/// </summary>
internal sealed class CallResponse
{
    private const double Fades = 5;

    private Response[] _responses = new Response[16];

    public int Count { get; private set; }

    public ReadOnlySpan<Response> Responses => _responses.AsSpan(0, Count);

    public double OnsetTotal { get; private set; }

    public double ActiveTotal { get; private set; }

    public double AfterTotal { get; private set; }

    public void Fill(SampleSpace space, int call, in ClockParameters clock, CulpritParameters rates)
    {
        Count = 0;
        double grain = space.Frame.Grain, span = space.Span[call], life = space.Life[call];
        bool quick = space.Quick[call];
        double fade = quick ? rates.QuickFade : rates.AfterFade;
        double drift = clock.DriftPpm * 1e-6;
        double stamp = space.Start[call] + clock.Offset + (drift * (space.Start[call] - space.Reference));
        double ends = Math.Min(life, span + (Fades * fade)), reach = Math.Max(ends, 12 * clock.LagMedian);
        double logLag = Math.Log(clock.LagMedian);
        for (int i = space.FirstAt(stamp - (grain / 2)); i < space.Time.Length; i++)
        {
            double low = space.Time[i] - (grain / 2) - stamp, high = low + grain;
            if (low > reach)
            {
                break;
            }

            double onset = low > 12 * clock.LagMedian + grain ? 0
                : (LagTable.Cdf(high, logLag, clock.LagSigma) - LagTable.Cdf(low, logLag, clock.LagSigma)) / grain;
            double active = quick ? 0 : Overlap(low, high, 0, span) / grain;
            double from = Math.Max(low, span), to = Math.Min(high, life);
            double after = from < to ? (to - from) / grain * Math.Exp(-(((from + to) / 2) - span) / fade) : 0;
            Append(new Response(i, (float)onset, (float)active, (float)after));
        }

        double begins = space.From - stamp, stops = space.To - stamp;
        OnsetTotal = LagTable.Cdf(stops, logLag, clock.LagSigma) - LagTable.Cdf(begins, logLag, clock.LagSigma);
        ActiveTotal = quick ? 0 : Overlap(begins, stops, 0, span);
        double first = Math.Max(begins, span) - span, last = Math.Min(stops, life) - span;
        AfterTotal = first < last ? fade * (Math.Exp(-first / fade) - Math.Exp(-last / fade)) : 0;
    }

    /// <summary>Rate at an alert, over its type's share.</summary>
    public static double Rate(in Response at, bool quick, CulpritParameters rates) =>
        (rates.Onset * at.Onset) + (rates.Active * at.Active)
        + ((quick ? rates.Quick : rates.Active * rates.AfterShare) * at.After);

    /// <summary>Alerts expected in all.</summary>
    public double Expected(bool quick, CulpritParameters rates) =>
        (rates.Onset * OnsetTotal) + (rates.Active * ActiveTotal)
        + ((quick ? rates.Quick : rates.Active * rates.AfterShare) * AfterTotal);

    private static double Overlap(double low, double high, double from, double to) =>
        Math.Max(0, Math.Min(high, to) - Math.Max(low, from));

    private void Append(in Response response)
    {
        if (Count == _responses.Length)
        {
            Array.Resize(ref _responses, 2 * Count);
        }

        _responses[Count++] = response;
    }
}
