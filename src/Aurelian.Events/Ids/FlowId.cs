using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>One connection as the firewall saw it, for example <c>f17</c>.</summary>
[JsonConverter(typeof(IdentifierConverter<FlowId>))]
public readonly record struct FlowId(string Value) : IIdentifier<FlowId>
{
    public static FlowId From(string value) => new(value);

    public override string ToString() => Value;
}
