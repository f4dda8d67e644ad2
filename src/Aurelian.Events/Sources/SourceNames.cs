namespace Aurelian.Events;

/// <summary>Names of event sources, as in a run's <c>coverage</c>.</summary>
public static class SourceNames
{
    public const string Agent = "agent";
    public const string Process = "process";
    public const string Network = "network";
    public const string Dns = "dns";
    public const string File = "file";
    public const string Resource = "resource";
    public const string Refusal = "refusal";

    /// <summary>No source of events: how the others' are laid to tool calls.</summary>
    public const string Attribution = "attribution";
}
