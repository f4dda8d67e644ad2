namespace Aurelian.Cli;

/// <summary>What a command's exit code says; of several the first in this order.</summary>
internal static class ExitCodes
{
    internal const int Done = 0;

    /// <summary>Broken machinery: the machine, the runtime or the store failed, or cannot enforce.</summary>
    internal const int Broken = 1;

    /// <summary>Bad input: a wrong option, policy, task or script. Nothing was started.</summary>
    internal const int BadInput = 2;

    /// <summary>An episode is violating.</summary>
    internal const int Violating = 3;

    /// <summary>An episode's verdict is unknown.</summary>
    internal const int Unknown = 4;

    /// <summary>An episode is suspect.</summary>
    internal const int Suspect = 5;

    /// <summary>Of rules: some are refused, the others are honoured.</summary>
    internal const int Refused = 6;

    internal const string Help = """
        Exit codes, the first that applies: 1 broken machinery, 2 bad input (nothing was started),
        3 an episode is violating, 5 suspect, 4 unknown, else 0.
        """;
}
