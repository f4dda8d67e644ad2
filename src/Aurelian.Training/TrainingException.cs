namespace Aurelian.Training;

/// <summary>Why the model or its training cannot go on.</summary>
public enum TrainingFailure
{
    /// <summary>The caller's input: a folder, a setting, a file's contents. Nothing was started.</summary>
    BadInput,

    /// <summary>PyTorch's native library cannot be loaded.</summary>
    NoTorch,

    /// <summary>The machine failed: disk full, out of memory.</summary>
    Machine,

    /// <summary>The server that holds the model refused, broke or was not reached.</summary>
    Engine,
}

/// <summary>What broke in one sentence that names the remedy.</summary>
public sealed class TrainingException : Exception
{
    public TrainingException(TrainingFailure reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    public TrainingFailure Reason { get; }

    internal static TrainingException BadInput(params IEnumerable<string> mistakes) =>
        new(TrainingFailure.BadInput, string.Join('\n', mistakes));
}
