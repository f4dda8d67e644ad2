namespace Aurelian.Investigation.Causes;

/// <summary>
/// How much likelier the alerts in a call's window are if it misbehaves, while alerts enter and leave the window.
/// </summary>
internal struct CallEvidence
{
    /// <summary>The shares of misbehaving calls that are tried.</summary>
    private const double LowShare = 0.1;
    private const double HighShare = 0.5;
    private const double OnsetChance = 0.7;
    private const double RatioMax = 1e12;

    private readonly ScanAlerts _alerts;
    private Span6 _span;
    private Span3 _onset;

    public CallEvidence(ScanAlerts alerts, double seconds)
    {
        _alerts = alerts;
        for (int t = 0; t < ScanAlerts.Types; t++)
        {
            _onset[t] = OnsetChance * Math.Exp(-1);
            for (int r = 0; r < ScanAlerts.Rates; r++)
            {
                _span[(t * ScanAlerts.Rates) + r] = ScanAlerts.Quiet(r, seconds)
                    / (ScanAlerts.Types * ScanAlerts.Rates);
            }
        }
    }

    public void Enter(int alert)
    {
        ReadOnlySpan<double> factors = _alerts.Factor.AsSpan(alert * 6, 6);
        for (int i = 0; i < 6; i++)
        {
            _span[i] *= factors[i];
        }
    }

    /// <summary>An alert in the window is now among its first seconds.</summary>
    public void Begin(int alert)
    {
        ReadOnlySpan<double> factors = _alerts.Factor.AsSpan(alert * 6, 6);
        for (int i = 0; i < 6; i++)
        {
            _span[i] /= factors[i];
        }

        for (int t = 0; t < 3; t++)
        {
            _onset[t] *= _alerts.OnsetFactor[(alert * 3) + t];
        }
    }

    public void Leave(int alert)
    {
        for (int t = 0; t < 3; t++)
        {
            _onset[t] /= _alerts.OnsetFactor[(alert * 3) + t];
        }
    }

    /// <summary>log(1 − π + π·ratio) for the low share (0) or the high one (1).</summary>
    public readonly float Value(int share)
    {
        double ratio = 0;
        for (int t = 0; t < 3; t++)
        {
            ratio += (1 - OnsetChance + _onset[t]) * (_span[2 * t] + _span[(2 * t) + 1]);
        }

        double of = share == 0 ? LowShare : HighShare;
        return MathF.Log((float)(1 + (of * (Math.Min(ratio, RatioMax) - 1))));
    }

    [System.Runtime.CompilerServices.InlineArray(6)]
    private struct Span6
    {
        private double _first;
    }

    [System.Runtime.CompilerServices.InlineArray(3)]
    private struct Span3
    {
        private double _first;
    }
}
