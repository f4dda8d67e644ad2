namespace Aurelian.Cli;

/// <summary>Says what is wrong with the input, every mistake at once, and that nothing was started.</summary>
internal static class BadInput
{
    internal static int Say(params IEnumerable<string> mistakes)
    {
        foreach (string mistake in mistakes)
        {
            Console.Error.WriteLine($"aurelian: {TerminalText.Safe(mistake)}");
        }

        return ExitCodes.BadInput;
    }
}
