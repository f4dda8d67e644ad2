using System.Text.Json.Serialization;

namespace Aurelian.Events;

[JsonConverter(typeof(JsonStringEnumConverter<Transport>))]
public enum Transport
{
    [JsonStringEnumMemberName("tcp")] Tcp,
    [JsonStringEnumMemberName("udp")] Udp,
    [JsonStringEnumMemberName("icmp")] Icmp,
    [JsonStringEnumMemberName("other")] Other,
}
