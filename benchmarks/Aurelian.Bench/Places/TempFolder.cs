namespace Aurelian.Bench;

/// <summary>A folder that is gone with the benchmark, however it ends.</summary>
internal sealed class TempFolder(string what) : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory($"aurelian-bench-{what}-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
