using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>One run: a folder with one timeline, for example <c>20261124-115544-k3</c>.</summary>
[JsonConverter(typeof(IdentifierConverter<RunId>))]
public readonly record struct RunId(string Value) : IIdentifier<RunId>
{
    public static RunId From(string value) => new(value);

    public override string ToString() => Value;
}
