namespace Aurelian.Firewall;

public enum FirewallFailure
{
    /// <summary>The machine lacks something: a package, a privilege, a kernel feature.</summary>
    Missing,
    /// <summary>A rule could not be installed, or does not do what it must.</summary>
    NotEnforced,
}

/// <summary>The firewall cannot do its work; whoever asked must not go on without it.</summary>
public sealed class FirewallException(FirewallFailure reason, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public FirewallFailure Reason { get; } = reason;
}
