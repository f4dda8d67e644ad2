using System.Text;

namespace Aurelian.UnitTests.Readers;

/// <summary>A file for readers that open one by its path; gone with the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    internal TemporaryFile(byte[] bytes)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"aurelian-{Guid.NewGuid():N}");
        File.WriteAllBytes(Path, bytes);
    }

    internal TemporaryFile(params string[] lines) : this(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"))
    {
    }

    internal string Path { get; }

    internal static TemporaryFile OfSample(string name) => new(Reads.SampleBytes(name));

    public void Dispose() => File.Delete(Path);
}
