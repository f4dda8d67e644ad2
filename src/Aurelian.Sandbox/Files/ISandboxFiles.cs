namespace Aurelian.Sandbox;

/// <summary>
/// The sandbox's files, touched as the sandbox's own user and never outside its root, whatever links it planted. Paths
/// are absolute, as seen inside. What the sandbox itself did wrong (no such file, too large, not a plain file) is a
/// <see cref="FileOutcome"/>, not an exception.
/// </summary>
public interface ISandboxFiles
{
    Task<FileContent> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken);

    Task<FileOutcome> WriteAsync(
        string path, ReadOnlyMemory<byte> content, SandboxUser owner, CancellationToken cancellationToken);

    /// <summary>
    /// Copies a host folder's content in, owned by <paramref name="owner"/>; links are copied as links.
    /// </summary>
    Task<FileOutcome> UploadAsync(
        string hostFolder, string path, SandboxUser owner, CancellationToken cancellationToken);

    /// <summary>
    /// Copies a folder out, plain files, folders and links only, nothing outside <paramref name="hostFolder"/>.
    /// </summary>
    Task<FileOutcome> DownloadAsync(string path, string hostFolder, CancellationToken cancellationToken);

    /// <summary>
    /// The changes to <paramref name="path"/> since <paramref name="hostOriginal"/>, as a git patch. Where the outcome
    /// is not <see cref="FileOutcome.Done"/>, some are missing from it.
    /// </summary>
    Task<(FileOutcome Outcome, string Patch)> DiffAsync(
        string path, string hostOriginal, CancellationToken cancellationToken);

    /// <summary>Writes what the sandbox changed since it began (the overlay's upper layer) to a tar file.</summary>
    Task<FileOutcome> SnapshotAsync(string hostTarFile, long bytesMax, CancellationToken cancellationToken);
}

public enum FileOutcome
{
    Done,
    NotFound,
    NotAFile,
    NotAllowed,
    TooLarge,
    NoSpace,
}

/// <param name="Length">The file's length; more than the bytes when cut.</param>
public sealed record FileContent(FileOutcome Outcome, ReadOnlyMemory<byte> Bytes, long Length);
