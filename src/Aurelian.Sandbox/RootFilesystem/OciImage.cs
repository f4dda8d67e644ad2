using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Aurelian.Sandbox;

/// <summary>
/// An OCI image layout (image-spec 1.1): its layers are checked against their digests and unpacked once, each into a
/// folder named after it, and become lower layers of the overlay in their order.
/// </summary>
internal static class OciImage
{
    internal static bool IsLayout(string folder) => File.Exists(Path.Combine(folder, "oci-layout"));

    /// <summary>The layers' folders, the uppermost first, and the manifest's digest.</summary>
    internal static (IReadOnlyList<string> Layers, string Digest) Unpack(string layout, string cache)
    {
        try
        {
            return UnpackAll(layout, cache);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException
            or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SandboxException(
                SandboxFailure.BadSetting, $"root: '{layout}' is no whole image layout: {exception.Message}",
                exception);
        }
    }

    private static (IReadOnlyList<string> Layers, string Digest) UnpackAll(string layout, string cache)
    {
        string digest = FindManifest(layout);
        using JsonDocument manifest = Blob(layout, digest);
        List<string> layers = [];
        foreach (JsonElement layer in manifest.RootElement.GetProperty("layers").EnumerateArray())
        {
            string name = layer.GetProperty("digest").GetString()!;
            string kind = layer.GetProperty("mediaType").GetString() ?? "";
            // Judged before it names anything: "/root" would be a folder that exists, and so a layer.
            string blob = BlobPath(layout, name);
            string target = Path.Combine(cache, name.Replace(':', '-'));
            if (!Directory.Exists(target))
            {
                UnpackLayer(blob, name, kind, target);
            }

            layers.Insert(0, target);
        }

        return (layers, digest);
    }

    private static string FindManifest(string layout)
    {
        using JsonDocument index = Parse(File.ReadAllBytes(Path.Combine(layout, "index.json")));
        return Pick(layout, index.RootElement, depth: 0)
            ?? throw new SandboxException(
                SandboxFailure.BadSetting, $"root: '{layout}' has no image for linux/{Architecture()}.");
    }

    /// <summary>The first manifest for this machine; an index may point to further indexes.</summary>
    private static string? Pick(string layout, JsonElement index, int depth)
    {
        foreach (JsonElement entry in index.GetProperty("manifests").EnumerateArray())
        {
            string digest = entry.GetProperty("digest").GetString()!;
            if (entry.TryGetProperty("platform", out JsonElement platform)
                && (platform.GetProperty("os").GetString() != "linux"
                    || platform.GetProperty("architecture").GetString() != Architecture()))
            {
                continue;
            }

            if (!(entry.GetProperty("mediaType").GetString() ?? "").Contains("index", StringComparison.Ordinal))
            {
                return digest;
            }

            using JsonDocument inner = Blob(layout, digest);
            if (depth < 3 && Pick(layout, inner.RootElement, depth + 1) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static void UnpackLayer(string blob, string digest, string kind, string target)
    {
        using FileStream file = File.OpenRead(blob);
        Check(Convert.ToHexStringLower(SHA256.HashData(file)), digest, blob);
        file.Position = 0;
        using Stream content = kind.EndsWith("gzip", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : kind.EndsWith("tar", StringComparison.Ordinal) ? file
            : throw new SandboxException(SandboxFailure.BadSetting, $"root: layers of kind '{kind}' are not read.");
        string scratch = $"{target}.{Environment.ProcessId}";
        try
        {
            LayerArchive.Unpack(content, scratch);
            Directory.Move(scratch, target);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException
            or UnauthorizedAccessException or ArgumentException)
        {
            FolderRemoval.Remove(scratch);
            throw new SandboxException(SandboxFailure.BadSetting, $"root: {blob}: {exception.Message}", exception);
        }
    }

    private static JsonDocument Blob(string layout, string digest)
    {
        byte[] bytes = File.ReadAllBytes(BlobPath(layout, digest));
        Check(Convert.ToHexStringLower(SHA256.HashData(bytes)), digest, digest);
        return Parse(bytes);
    }

    private static string BlobPath(string layout, string digest)
    {
        string hex = digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest[7..] : "";
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigitLower)
            ? Path.Combine(layout, "blobs", "sha256", hex)
            : throw new SandboxException(SandboxFailure.BadSetting, $"root: '{digest}' is no sha256 digest.");
    }

    private static void Check(string found, string digest, string what)
    {
        if ($"sha256:{found}" != digest)
        {
            throw new SandboxException(SandboxFailure.BadSetting,
                $"root: {what} does not have the digest it is named by.");
        }
    }

    private static JsonDocument Parse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException exception)
        {
            throw new SandboxException(SandboxFailure.BadSetting, $"root: {exception.Message}", exception);
        }
    }

    private static string Architecture() =>
        RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";
}
