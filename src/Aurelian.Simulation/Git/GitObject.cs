using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>A loose object of a git repository: <c>type SP length NUL content</c>, named by SHA-1, deflated.</summary>
internal sealed record GitObject(string Name, byte[] Deflated)
{
    /// <summary>Where dumb HTTP fetches it, below the repository's address.</summary>
    public string Path => $"objects/{Name[..2]}/{Name[2..]}";

    [SuppressMessage("Security", "CA5350", Justification = "Git names its objects by SHA-1.")]
    public static GitObject Create(string type, byte[] content)
    {
        byte[] whole = [.. Encoding.ASCII.GetBytes($"{type} {content.Length}\0"), .. content];
        using MemoryStream memory = new();
        using (ZLibStream deflate = new(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(whole);
        }

        return new GitObject(Convert.ToHexStringLower(SHA1.HashData(whole)), memory.ToArray());
    }
}
