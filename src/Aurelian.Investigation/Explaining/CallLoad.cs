using System.Globalization;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Explaining;

/// <summary>
/// What a call's sandbox used while the call ran: it stands beside the statistic, never in it.
/// </summary>
/// <param name="Mean">Cores in use, or the share of a GPU (0 to 1).</param>
/// <param name="Above">The share of the calls with samples whose sandbox used less.</param>
/// <param name="Of">Calls with samples.</param>
public sealed record CallLoad(LoadKind Kind, double Mean, double Above, int Of)
{
    /// <summary>For a person.</summary>
    public string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"its sandbox used {(Kind == LoadKind.Cores ? $"{Mean:0.0} cores" : $"{Mean:0 %} of a GPU")} while it ran, "
        + $"more than in {Math.Floor(1000 * Above) / 10:0.#} % of the {Of} calls with samples");
}
