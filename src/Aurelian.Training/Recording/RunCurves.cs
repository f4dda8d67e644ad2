using ScottPlot;

namespace Aurelian.Training.Recording;

/// <summary>One line of a curve: an arm's mean over its seeds.</summary>
/// <param name="Points">Step and value, in order.</param>
internal sealed record Curve(string Arm, IReadOnlyList<(double Step, double Value)> Points);

/// <summary>A training run's curves, read from its metrics.</summary>
internal static class RunCurves
{
    private const int Width = 1200, Height = 380;

    /// <summary>What a person asks first, each by the kind of line that it stands in.</summary>
    internal static IReadOnlyList<(string Kind, string Name, string Title)> Panels { get; } =
    [
        ("step", "reward", "reward (as the job has it)"),
        ("evaluation", "success", "true success on held-out tasks"),
        ("step", "abuse", "abuse (by the pool's ledger)"),
    ];

    /// <param name="arms">Folders of each arm, one for each seed.</param>
    internal static IReadOnlyList<Curve> Read(
        IReadOnlyDictionary<string, IReadOnlyList<string>> arms, string kind, string name) =>
        [.. arms.Select(arm => new Curve(arm.Key, [.. arm.Value
            .SelectMany(RunMetrics.ReadMetrics)
            .Where(line => line.Kind == kind && line.Values.ContainsKey(name))
            .GroupBy(line => line.Step).OrderBy(group => group.Key)
            .Select(group => ((double)group.Key, group.Average(line => line.Values[name])))]))];

    /// <summary>Writes the three panels as one picture.</summary>
    internal static void WritePng(IReadOnlyDictionary<string, IReadOnlyList<string>> arms, string file)
    {
        Multiplot picture = new();
        picture.AddPlots(Panels.Count);
        for (int panel = 0; panel < Panels.Count; panel++)
        {
            (string kind, string name, string title) = Panels[panel];
            Plot plot = picture.GetPlot(panel);
            foreach (Curve curve in Read(arms, kind, name).Where(curve => curve.Points.Count > 0))
            {
                var line = plot.Add.Scatter(
                    curve.Points.Select(point => point.Step).ToArray(),
                    curve.Points.Select(point => point.Value).ToArray());
                line.LegendText = curve.Arm.Length > 0 ? curve.Arm : "run";
                line.MarkerSize = kind == "evaluation" ? 6 : 0;
                line.LineWidth = 2;
            }

            plot.Title(title);
            plot.XLabel("step");
            plot.Axes.SetLimitsY(-0.05, 1.05);
            plot.ShowLegend(Alignment.UpperLeft);
        }

        picture.Layout = new ScottPlot.MultiplotLayouts.Columns();
        picture.SavePng(file, Width, Height);
    }
}
