using Aurelian.Training.Serving;
using TorchSharp;

namespace Aurelian.TrainingTests.Serving;

/// <summary>The protocol's losses and their gradients against the formulas, in plain double arithmetic.</summary>
public sealed class ServedLossesTests
{
    private static readonly float[] Weights = [1, 0, 0.5f, 1, 1, 2];
    private static readonly float[] Now = [-1.5f, -0.2f, -3, -0.9f, -2.1f, -0.4f];

    /// <summary>Ratios below, within and above every clip range, under advantages of both signs.</summary>
    private static readonly float[] Sampled = [-1, -0.3f, -3.6f, -0.95f, -1.1f, -1.4f];
    private static readonly float[] Advantages = [1.2f, 2, 0.7f, -0.4f, -1.5f, -0.8f];

    public static TheoryData<string, double?, double?> Cases => new()
    {
        { "importance_sampling", null, null }, { "ppo", null, null }, { "ppo", 0.9, 1.02 }, { "cispo", null, null },
        { "cispo", 0, 1.5 }, { "cross_entropy", null, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_loss_and_its_gradient_are_the_formula_s(string loss, double? low, double? high)
    {
        Torch.Load();
        Dictionary<string, double> config = [];
        if (low is { } above && high is { } below)
        {
            config = new() { ["clip_low_threshold"] = above, ["clip_high_threshold"] = below };
        }

        // Two sequences: the stream crosses their border.
        TaughtDatum[] data = [Datum(0, 2), Datum(2, 6)];
        TeachingRequest request = new("m", 1, data, loss, config, false);
        ServedLosses.Check(request);
        using torch.Tensor now = torch.tensor(Now, requires_grad: true);

        using torch.Tensor each = ServedLosses.Of(request, data, now);
        each.sum().backward();

        float[] losses = each.detach().data<float>().ToArray(), gradients = now.grad!.data<float>().ToArray();
        for (int at = 0; at < Now.Length; at++)
        {
            (double value, double slope) = Formula(loss, at, low ?? 0.8, high ?? 1.2);
            Assert.Equal(value, losses[at], 1e-5);
            Assert.Equal(slope, gradients[at], 1e-5);
        }
    }

    private static (double Value, double Slope) Formula(string loss, int at, double low, double high)
    {
        double w = Weights[at], a = Advantages[at], now = Now[at], ratio = Math.Exp(now - Sampled[at]);
        double clipped = Math.Min(high, Math.Max(low, ratio));
        return loss switch
        {
            // d ratio / d now = ratio.
            "importance_sampling" => (-w * ratio * a, -w * ratio * a),
            // The smaller of both; what is clipped stands still.
            "ppo" => ratio * a <= clipped * a ? (-w * ratio * a, -w * ratio * a) : (-w * clipped * a, 0),
            "cispo" => (-w * clipped * a * now, -w * clipped * a),
            _ => (-w * now, -w),
        };
    }

    private static TaughtDatum Datum(int from, int to) => new(
        new int[to - from], new int[to - from], Weights[from..to], Sampled[from..to], Advantages[from..to]);
}
