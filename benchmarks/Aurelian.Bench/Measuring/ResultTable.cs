using System.Globalization;
using Spectre.Console;

namespace Aurelian.Bench;

/// <summary>The figures for people.</summary>
internal static class ResultTable
{
    private const int PipeWidth = 140;

    internal static void Write(IReadOnlyList<BenchResult> results, TextWriter writer)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (Console.IsOutputRedirected || Console.IsErrorRedirected)
        {
            console.Profile.Width = PipeWidth;
        }

        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in new[] { "what", "ours", "peer", "peer is", "ratio", "95 %", "runs", "load" })
        {
            table.AddColumn(heading);
        }

        foreach (BenchResult each in results)
        {
            table.AddRow(
                Markup.Escape(each.Name), Markup.Escape($"{Number(each.Ours)} {each.Unit}"), Number(each.Peer),
                Markup.Escape(each.PeerName ?? ""), Number(each.Ratio),
                each.Interval is [double low, double high] ? $"{Number(low)}–{Number(high)}" : "",
                each.Runs.ToString(CultureInfo.InvariantCulture), Number(each.Load));
        }

        console.Write(table);
    }

    private static string Number(double? number) => number is { } known
        ? known.ToString(known >= 1000 ? "N0" : "0.###", CultureInfo.InvariantCulture)
        : "";
}
