namespace Aurelian.Training;

/// <summary>What a command's exit code says; the same as the command line's.</summary>
internal static class ExitCodes
{
    internal const int Done = 0;

    /// <summary>Broken machinery, or numbers that differ.</summary>
    internal const int Broken = 1;

    /// <summary>Bad input; nothing was started.</summary>
    internal const int BadInput = 2;
}
