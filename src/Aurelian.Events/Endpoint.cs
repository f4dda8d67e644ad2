using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>
/// An address and a port (0 where the transport has none), written <c>203.0.113.7:3333</c> or
/// <c>[2001:db8::1]:22</c>.
/// </summary>
[JsonConverter(typeof(EndpointConverter))]
public readonly record struct Endpoint(IPAddress Address, int Port)
{
    public static bool TryParse(string? text, out Endpoint endpoint)
    {
        bool parsed = IPEndPoint.TryParse(text ?? "", out IPEndPoint? found);
        endpoint = parsed ? new Endpoint(found!.Address, found.Port) : default;
        return parsed;
    }

    public IPEndPoint ToIPEndPoint() => new(Address, Port);

    public override string ToString() => Address is null ? "" : ToIPEndPoint().ToString();
}

internal sealed class EndpointConverter : JsonConverter<Endpoint>
{
    public override Endpoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Endpoint.TryParse(reader.GetString(), out Endpoint endpoint)
            ? endpoint
            : throw new JsonException("An endpoint is written ADDRESS:PORT.");

    public override void Write(Utf8JsonWriter writer, Endpoint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
