using Aurelian.Response;

namespace Aurelian.Cli;

/// <summary>The quick start's last words.</summary>
internal static class QuickstartText
{
    internal static void Write(RunSummary summary, bool expected, TextWriter writer)
    {
        ClosingText.Write(summary, writer);
        writer.WriteLine(expected
            ? "All eight verdicts are the expected ones. Nothing left this machine."
            : "The verdicts are NOT the expected ones: see the table above, and './aurelian doctor'.");
    }
}
