using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>One incident of a run, for example <c>i2</c>.</summary>
[JsonConverter(typeof(IdentifierConverter<IncidentId>))]
public readonly record struct IncidentId(string Value) : IIdentifier<IncidentId>
{
    public static IncidentId From(string value) => new(value);

    public override string ToString() => Value;
}
