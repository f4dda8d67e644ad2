namespace Aurelian.Cli;

/// <param name="Needed">A watched run cannot be started without it.</param>
/// <param name="Found">What was found, or what is missing and what would help.</param>
internal sealed record Check(string Name, bool Needed, bool Works, string Found);
