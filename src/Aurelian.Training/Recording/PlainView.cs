using System.Globalization;
using Aurelian.Training.Learning;

namespace Aurelian.Training.Recording;

/// <summary>A line for each step, for logs and pipes.</summary>
internal sealed class PlainView(TextWriter output) : ITrainingView
{
    private static readonly string[] Shown =
        ["loss", "reward", "success", "abuse", "attempts", "left-out", "violating"];

    public void Say(string what) => output.WriteLine(what);

    public void Show(MetricsLine line)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Kind,-11} {line.Step,4}  ")
            + string.Join("  ", Shown.Where(line.Values.ContainsKey)
                .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {line.Values[name]:0.000}"))));
        foreach (string note in line.Notes ?? [])
        {
            output.WriteLine($"           {note}");
        }
    }
}
