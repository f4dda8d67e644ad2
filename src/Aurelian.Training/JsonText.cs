using System.Text.Encodings.Web;
using System.Text.Json;

namespace Aurelian.Training;

/// <summary>How JSON files are written here.</summary>
internal static class JsonText
{
    internal static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        IndentSize = 2,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
