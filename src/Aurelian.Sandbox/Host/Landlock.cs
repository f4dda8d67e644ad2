namespace Aurelian.Sandbox;

/// <summary>Whether the kernel offers Landlock, which keeps tracing within one tool call.</summary>
internal static partial class Landlock
{
    private const long CreateRuleset = 444;
    private const uint AskVersion = 1;

    internal static bool IsSupported { get; } = Create(CreateRuleset, 0, 0, AskVersion) >= 1;

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Create(long number, nint attribute, nint size, uint flags);
}
