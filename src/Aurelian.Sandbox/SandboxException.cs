namespace Aurelian.Sandbox;

public enum SandboxFailure
{
    /// <summary>The machine lacks something: a package, a privilege, a kernel feature.</summary>
    Missing,
    /// <summary>A setting is wrong.</summary>
    BadSetting,
    /// <summary>The runtime or the warden failed or went away.</summary>
    Broken,
}

/// <summary>
/// The machinery broke; never thrown for what the agent did. The message names the remedy where one is known.
/// </summary>
public sealed class SandboxException(SandboxFailure reason, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public SandboxFailure Reason { get; } = reason;
}
