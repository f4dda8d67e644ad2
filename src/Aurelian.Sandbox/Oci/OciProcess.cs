using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aurelian.Sandbox;

/// <summary>
/// The <c>process.json</c> of a call that the runtime itself starts: the same user, rights and limits that the warden
/// gives.
/// </summary>
internal static class OciProcess
{
    internal static byte[] Build(
        uint user, string folder, IEnumerable<string> arguments, IEnumerable<string> environment, int openFilesMax)
    {
        JsonObject process = new()
        {
            ["terminal"] = false,
            ["user"] = new JsonObject { ["uid"] = user, ["gid"] = user },
            ["args"] = List(arguments),
            ["env"] = List(environment),
            ["cwd"] = folder,
            ["capabilities"] = new JsonObject
            {
                ["bounding"] = new JsonArray(), ["effective"] = new JsonArray(), ["inheritable"] = new JsonArray(),
                ["permitted"] = new JsonArray(), ["ambient"] = new JsonArray(),
            },
            ["rlimits"] = new JsonArray(Limit("RLIMIT_CORE", 1), Limit("RLIMIT_NOFILE", openFilesMax)),
            ["noNewPrivileges"] = true,
            ["oomScoreAdj"] = OciConfig.OutOfMemoryScore,
        };
        return JsonSerializer.SerializeToUtf8Bytes(process, OciJson.Default.JsonObject);
    }

    private static JsonObject Limit(string name, int value) =>
        new() { ["type"] = name, ["hard"] = value, ["soft"] = value };

    private static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text!)];
}
