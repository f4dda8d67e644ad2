using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>A running sandbox's files, touched as its own users.</summary>
internal sealed class SandboxFiles(int initPid, UserBlock users, string upperFolder) : ISandboxFiles, IDisposable
{
    private const int FilesMax = 50_000;
    private const long TreeBytesMax = 1L << 30;
    private const int PathLengthMax = 4095; // PATH_MAX, without its NUL
    private const uint FileMode = 0x1A4; // 0644

    private readonly FileThread _thread = new("sandbox files");
    private readonly SandboxRoot _root = new(initPid);

    public Task<FileContent> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken) =>
        IsPath(path)
            ? _thread.RunAsync(users.Agent, () => Read(path, bytesMax), cancellationToken)
            : Task.FromResult(new FileContent(FileOutcome.NotFound, default, 0));

    public Task<FileOutcome> WriteAsync(
        string path, ReadOnlyMemory<byte> content, SandboxUser owner, CancellationToken cancellationToken) =>
        IsPath(path)
            ? _thread.RunAsync(users.Of(owner), () => Write(path, content.Span), cancellationToken)
            : Task.FromResult(FileOutcome.NotFound);

    public async Task<FileOutcome> UploadAsync(
        string hostFolder, string path, SandboxUser owner, CancellationToken cancellationToken)
    {
        uint user = users.Of(owner);
        using SafeFileHandle from = OpenHost(hostFolder);
        // The top folder by root, so that a grader's folder may be made at the root; what lies in it as its owner.
        FileOutcome made = await _thread.RunAsync(0, () => MakeOwned(path, user), cancellationToken)
            .ConfigureAwait(false);
        return made == FileOutcome.Done
            ? await _thread.RunAsync(user, () => Upload(from, path, user), cancellationToken).ConfigureAwait(false)
            : made;
    }

    public async Task<FileOutcome> DownloadAsync(
        string path, string hostFolder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(hostFolder);
        using SafeFileHandle to = OpenHost(hostFolder);
        return await _thread.RunAsync(users.Agent, () => Download(path, to), cancellationToken).ConfigureAwait(false);
    }

    public async Task<(FileOutcome Outcome, string Patch)> DiffAsync(
        string path, string hostOriginal, CancellationToken cancellationToken)
    {
        string scratch = Directory.CreateTempSubdirectory("aurelian-diff-").FullName;
        try
        {
            string changed = Path.Combine(scratch, "b");
            FileOutcome copied = await DownloadAsync(path, changed, cancellationToken).ConfigureAwait(false);
            string patch = await GitDiff.RunAsync(scratch, hostOriginal, changed, cancellationToken)
                .ConfigureAwait(false);
            return (copied, patch);
        }
        finally
        {
            FolderRemoval.Remove(scratch);
        }
    }

    public Task<FileOutcome> SnapshotAsync(string hostTarFile, long bytesMax, CancellationToken cancellationToken) =>
        UpperSnapshot.WriteAsync(upperFolder, hostTarFile, bytesMax, cancellationToken);

    public void Dispose()
    {
        _thread.Dispose();
        _root.Dispose();
    }

    /// <summary>What the kernel would take for one; a longer one is split for hours before it is refused.</summary>
    private static bool IsPath(string path) =>
        path.StartsWith('/') && path.Length <= PathLengthMax && !path.Contains('\0', StringComparison.Ordinal);

    private static SafeFileHandle OpenHost(string folder)
    {
        int descriptor = Native.Open(folder, (int)SandboxRoot.Folder | Native.CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new SandboxException(
                SandboxFailure.BadSetting, $"{folder}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private FileContent Read(string path, int bytesMax)
    {
        (SafeFileHandle? file, FileOutcome outcome) = _root.Open(path, 0);
        using (file)
        {
            if (file is null)
            {
                return new FileContent(outcome, default, 0);
            }

            if (Native.KindOf(file) != FileKind.Regular)
            {
                return new FileContent(FileOutcome.NotAFile, default, 0);
            }

            long length = RandomAccess.GetLength(file);
            byte[] bytes = new byte[Math.Min(length, bytesMax)];
            int read = RandomAccess.Read(file, bytes, 0);
            return new FileContent(FileOutcome.Done, bytes.AsMemory(0, read), length);
        }
    }

    private FileOutcome Write(string path, ReadOnlySpan<byte> content)
    {
        string parent = path[..Math.Max(1, path.LastIndexOf('/'))];
        FileOutcome made = MakeFolders(parent);
        if (made != FileOutcome.Done)
        {
            return made;
        }

        (SafeFileHandle? file, FileOutcome outcome) = _root.Open(
            path, SandboxRoot.Write | SandboxRoot.Create, FileMode);
        using (file)
        {
            if (file is null)
            {
                return outcome;
            }

            if (Native.KindOf(file) != FileKind.Regular)
            {
                return FileOutcome.NotAFile;
            }

            try
            {
                RandomAccess.SetLength(file, 0);
                RandomAccess.Write(file, content, 0);
                return FileOutcome.Done;
            }
            catch (IOException)
            {
                return FileOutcome.NoSpace;
            }
        }
    }

    private FileOutcome MakeFolders(string path, bool throughLinks = true)
    {
        for (int slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            _root.MakeFolder(path[..slash], throughLinks);
        }

        FileOutcome outcome = _root.MakeFolder(path, throughLinks);
        return outcome == FileOutcome.NotAllowed && Exists(path) ? FileOutcome.Done : outcome;
    }

    private bool Exists(string path)
    {
        (SafeFileHandle? folder, _) = _root.Open(path, SandboxRoot.Folder);
        using (folder)
        {
            return folder is not null;
        }
    }

    /// <summary>
    /// As root, so through no link at all: the sandbox could turn one to its own <c>/etc</c> between two steps.
    /// </summary>
    private FileOutcome MakeOwned(string path, uint user)
    {
        if (Exists(path))
        {
            return FileOutcome.Done;
        }

        FileOutcome outcome = MakeFolders(path, throughLinks: false);
        (SafeFileHandle? folder, FileOutcome opened) = _root.Open(
            path, SandboxRoot.Folder | SandboxRoot.NoFollow, throughLinks: false);
        using (folder)
        {
            return folder is null ? opened
                : Native.ChangeOwner(folder, user, user) == 0 ? FileOutcome.Done
                : outcome;
        }
    }

    private FileOutcome Upload(SafeFileHandle from, string path, uint user)
    {
        (SafeFileHandle? to, FileOutcome outcome) = _root.Open(path, SandboxRoot.Folder);
        using (to)
        {
            return to is null ? outcome : new TreeCopy(0, user, FilesMax, TreeBytesMax).Copy(from, to);
        }
    }

    private FileOutcome Download(string path, SafeFileHandle to)
    {
        (SafeFileHandle? from, FileOutcome outcome) = _root.Open(path, SandboxRoot.Folder | SandboxRoot.NoFollow);
        using (from)
        {
            return from is null ? outcome : new TreeCopy(users.Agent, 0, FilesMax, TreeBytesMax).Copy(from, to);
        }
    }
}
