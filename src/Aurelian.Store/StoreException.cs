namespace Aurelian.Store;

public enum StoreFailure
{
    /// <summary>The disk is full or failing: nothing more can be acknowledged.</summary>
    CannotWrite,
    /// <summary>No such run, or not a timeline.</summary>
    NotFound,
    /// <summary>Written by a later version.</summary>
    TooNew,
}

/// <summary>The timeline cannot be kept or read.</summary>
public sealed class StoreException(StoreFailure reason, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public StoreFailure Reason { get; } = reason;
}
