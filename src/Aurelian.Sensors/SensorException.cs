namespace Aurelian.Sensors;

/// <summary>A sensor cannot be started; the message says what is missing and what would help.</summary>
public sealed class SensorException(string message, Exception? inner = null) : Exception(message, inner);
