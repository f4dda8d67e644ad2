using System.Text.Json.Serialization;

namespace Aurelian.Events;

[JsonConverter(typeof(JsonStringEnumConverter<FlowDirection>))]
public enum FlowDirection
{
    /// <summary>Said by the side that opened the connection.</summary>
    [JsonStringEnumMemberName("client")] Client,
    [JsonStringEnumMemberName("server")] Server,
}
