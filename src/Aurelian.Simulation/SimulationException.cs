namespace Aurelian.Simulation;

public enum SimulationFailure
{
    /// <summary>The machine lacks a program or a privilege.</summary>
    Missing,
    /// <summary>A setting is wrong.</summary>
    BadSetting,
    /// <summary>A service did not start.</summary>
    Broken,
}

/// <summary>The simulated internet could not be made; never thrown for what a client of it did.</summary>
public sealed class SimulationException(SimulationFailure reason, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public SimulationFailure Reason { get; } = reason;
}
