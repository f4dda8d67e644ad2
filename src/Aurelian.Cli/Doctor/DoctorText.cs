using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aurelian.Cli;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<Check>))]
internal sealed partial class DoctorJson : JsonSerializerContext;

internal static class DoctorText
{
    internal static void Write(IReadOnlyList<Check> checks, bool json, TextWriter writer)
    {
        if (json)
        {
            writer.WriteLine(JsonSerializer.Serialize(checks, DoctorJson.Default.IReadOnlyListCheck));
            return;
        }

        foreach (Check check in checks)
        {
            string mark = check.Works ? "ok" : check.Needed ? "MISSING" : "note";
            writer.WriteLine($"{mark,-8} {check.Name,-18} {check.Found}");
        }

        writer.WriteLine(checks.Any(check => check is { Needed: true, Works: false })
            ? "A watched run cannot be started here; the lines marked MISSING say what would help."
            : "A watched run can be started here.");
    }
}
