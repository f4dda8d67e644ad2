namespace Aurelian.Training.Templates;

/// <summary>A template that is not understood or that refused its input, with the line where.</summary>
internal sealed class JinjaException(string message, int line)
    : Exception(line > 0 ? $"line {line}: {message}" : message)
{
    internal int Line { get; } = line;
}
