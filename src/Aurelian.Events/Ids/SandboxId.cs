using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>One sandbox of a run; a graded episode has two: the agent's and the grader's.</summary>
[JsonConverter(typeof(IdentifierConverter<SandboxId>))]
public readonly record struct SandboxId(string Value) : IIdentifier<SandboxId>
{
    public static SandboxId From(string value) => new(value);

    public override string ToString() => Value;
}
