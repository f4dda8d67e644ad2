using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>
/// A Python package as a wheel (PEP 427), built in memory. The same content gives the same bytes, so its hash can stand
/// in an index.
/// </summary>
internal sealed record Wheel(string Name, string Version, byte[] Bytes)
{
    private static readonly DateTimeOffset Stamp = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string FileName => $"{Name}-{Version}-py3-none-any.whl";

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    /// <param name="source">The package's one module.</param>
    public static Wheel Build(string name, string version, string summary, string source)
    {
        string info = $"{name}-{version}.dist-info";
        List<(string Path, string Text)> files =
        [
            ($"{name}/__init__.py", source),
            ($"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {summary}\n"),
            ($"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: aurelian\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ];
        string record = string.Concat(files.Select(file => RecordLine(file.Path, file.Text)));
        files.Add(($"{info}/RECORD", $"{record}{info}/RECORD,,\n"));

        using MemoryStream memory = new();
        using (ZipArchive archive = new(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string path, string text) in files)
            {
                ZipArchiveEntry entry = archive.CreateEntry(path, CompressionLevel.Optimal);
                entry.LastWriteTime = Stamp;
                using Stream stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return new Wheel(name, version, memory.ToArray());
    }

    private static string RecordLine(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string hash = Convert.ToBase64String(SHA256.HashData(bytes))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return $"{path},sha256={hash},{bytes.Length}\n";
    }
}
