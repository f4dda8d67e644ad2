using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Aurelian.Sandbox;

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class OciJson : JsonSerializerContext;
