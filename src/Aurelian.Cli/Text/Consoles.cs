using Spectre.Console;

namespace Aurelian.Cli;

/// <summary>Consoles that draw on a terminal and write plain lines into a pipe.</summary>
internal static class Consoles
{
    private const int PipeWidth = 4096;
    private const int LabelWidth = 13;

    internal static bool IsTerminal(TextWriter writer) => writer == Console.Out ? !Console.IsOutputRedirected
        : writer == Console.Error && !Console.IsErrorRedirected;

    internal static IAnsiConsole For(TextWriter writer)
    {
        bool terminal = IsTerminal(writer);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!terminal)
        {
            // A line of a pipe is a line: nothing is wrapped there.
            console.Profile.Width = PipeWidth;
        }

        return console;
    }

    /// <summary>Labels in grey, their texts beside them, wrapped where they are long.</summary>
    internal static void Grid(
        IAnsiConsole console, bool terminal, IReadOnlyList<(string Label, string Text)> lines)
    {
        if (terminal)
        {
            console.Write(Lines(lines));
            return;
        }

        foreach ((string label, string text) in lines)
        {
            console.WriteLine($"{label.PadRight(LabelWidth)}  {text}");
        }
    }

    /// <summary>A framed block with a title; in a pipe the title and its lines.</summary>
    internal static void Block(
        IAnsiConsole console, bool terminal, string title, Color colour,
        IReadOnlyList<(string Label, string Text)> lines)
    {
        if (!terminal)
        {
            console.WriteLine(title);
            Grid(console, terminal, [.. lines.Select(line => ($"  {line.Label}", line.Text))]);
            return;
        }

        console.Write(new Panel(Lines(lines))
        {
            Header = new PanelHeader($" {title} "),
            Border = BoxBorder.Rounded,
            BorderStyle = new Style(colour),
            Expand = true,
        });
    }

    private static Grid Lines(IEnumerable<(string Label, string Text)> lines)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2).Width(LabelWidth)).AddColumn();
        foreach ((string label, string text) in lines)
        {
            grid.AddRow(new Text(label, new Style(Color.Grey)), new Text(text));
        }

        return grid;
    }
}
