using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>One attempt at one task (or one command) inside a run, for example <c>e3</c>.</summary>
[JsonConverter(typeof(IdentifierConverter<EpisodeId>))]
public readonly record struct EpisodeId(string Value) : IIdentifier<EpisodeId>
{
    public static EpisodeId From(string value) => new(value);

    public override string ToString() => Value;
}
