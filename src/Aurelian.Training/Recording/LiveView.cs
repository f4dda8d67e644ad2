using System.Globalization;
using Aurelian.Training.Learning;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Aurelian.Training.Recording;

/// <summary>Curves that grow in the terminal: reward, true success on held-out tasks, abuse.</summary>
internal sealed class LiveView(LiveDisplayContext display) : ITrainingView
{
    private const int PointsMax = 60, SaidMax = 5;
    private const string Bars = " ▁▂▃▄▅▆▇█";

    private static readonly (string Kind, string Name, string Title, string Colour)[] Rows =
    [
        ("warm-start", "loss", "warm start: loss", "grey"),
        ("step", "reward", "reward (job's)", "blue"),
        ("step", "success", "true success, training", "green"),
        ("evaluation", "success", "true success, held-out", "green"),
        ("step", "abuse", "abuse (pool's ledger)", "red"),
        ("evaluation", "abuse", "abuse, held-out", "red"),
    ];

    private readonly Dictionary<(string, string), List<double>> _points = [];
    private readonly Queue<string> _said = new();
    private int _step;

    /// <summary>Runs something with live curves on this console.</summary>
    internal static Task<int> RunAsync(IAnsiConsole console, Func<ITrainingView, Task<int>> run) =>
        console.Live(new Text("")).AutoClear(false).StartAsync(display => run(new LiveView(display)));

    public void Say(string what)
    {
        _said.Enqueue(what);
        while (_said.Count > SaidMax)
        {
            _said.Dequeue();
        }

        Draw();
    }

    public void Show(MetricsLine line)
    {
        _step = line.Step;
        if (line is { Kind: "evaluation", Step: 0 })
        {
            // Another arm: its curves begin anew.
            foreach ((string kind, string name) in _points.Keys.Where(key => key.Item1 != "warm-start").ToArray())
            {
                _points.Remove((kind, name));
            }
        }

        foreach ((string kind, string name, _, _) in Rows.Where(row => row.Kind == line.Kind))
        {
            if (line.Values.TryGetValue(name, out double value))
            {
                (_points.TryGetValue((kind, name), out List<double>? points)
                    ? points : _points[(kind, name)] = []).Add(value);
            }
        }

        foreach (string note in line.Notes ?? [])
        {
            if (!note.StartsWith("left out", StringComparison.Ordinal))
            {
                Say(note);
            }
        }

        Draw();
    }

    private void Draw()
    {
        Table table = new Table().NoBorder().HideHeaders().AddColumns("", "", "");
        foreach ((string kind, string name, string title, string colour) in Rows)
        {
            if (_points.GetValueOrDefault((kind, name)) is { Count: > 0 } points)
            {
                table.AddRow(title, $"[{colour}]{Bar(points)}[/]",
                    points[^1].ToString("0.00", CultureInfo.InvariantCulture));
            }
        }

        IRenderable[] parts = [table, .. _said.Select(said => new Text(said, new Style(Color.Grey)))];
        display.UpdateTarget(new Panel(new Rows(parts)).Header($"step {_step}").Expand());
    }

    private static string Bar(List<double> points)
    {
        double most = Math.Max(1, points.Max());
        return string.Concat(points.TakeLast(PointsMax).Select(value =>
            Bars[(int)Math.Clamp(Math.Round(value / most * (Bars.Length - 1)), 0, Bars.Length - 1)]));
    }
}
