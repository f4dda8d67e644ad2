using System.Globalization;
using Aurelian.Investigation;

namespace Aurelian.Cli;

/// <summary>Progress on standard error: one line that changes on a terminal, a line a stage in a pipe.</summary>
internal sealed class InvestigateProgress(TextWriter writer, bool terminal) : IProgress<InvestigationProgress>
{
    private const int Width = 76;
    private readonly Lock _lock = new();
    private string _stage = "";
    private int _percent = -1;

    public void Report(InvestigationProgress value)
    {
        lock (_lock)
        {
            int percent = (int)(Math.Clamp(value.Done, 0, 1) * 100);
            if (terminal && (value.Stage != _stage || percent != _percent))
            {
                string share = percent > 0 ? string.Create(CultureInfo.InvariantCulture, $" {percent} %") : "";
                writer.Write($"\r{TerminalText.Line(value.Stage + share, Width).PadRight(Width)}");
            }
            else if (!terminal && value.Stage != _stage)
            {
                writer.WriteLine(TerminalText.Safe(value.Stage));
            }

            (_stage, _percent) = (value.Stage, percent);
        }
    }

    /// <summary>Clears the line.</summary>
    internal void End()
    {
        lock (_lock)
        {
            if (terminal && _stage.Length > 0)
            {
                writer.Write($"\r{new string(' ', Width)}\r");
            }

            _stage = "";
        }
    }
}
