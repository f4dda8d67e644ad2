using Aurelian.Training.Native;

namespace Aurelian.TrainingTests;

/// <summary>Numbers and files of the reference implementations, beside the checkout; tests skip without them.</summary>
internal static class Reference
{
    private static string Folder { get; } = Path.Combine(RepositoryRoot(), "..", "shared", "reference");

    /// <summary>A file or folder of the reference; skips the test, visibly, where it is absent.</summary>
    internal static string At(params string[] path)
    {
        string found = Path.Combine([Folder, .. path]);
        Assert.SkipUnless(Path.Exists(found), $"../shared/reference/{string.Join('/', path)} is absent");
        return found;
    }

    internal static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run the tests from within the checkout.");
    }
}

/// <summary>PyTorch on one thread: the same numbers each time, and the other cores left alone.</summary>
internal static class Torch
{
    internal static void Load() => TorchLibrary.Load(threads: 1);
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("aurelian-test-").FullName;

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
