using System.Diagnostics;

namespace Aurelian.Sandbox;

/// <summary>
/// The upper layer as a tar file, by tar itself: whatever a sandbox left there (sockets, names that are no UTF-8, holes
/// of terabytes, folders without end) must not cost us the evidence. tar follows no link and asks nobody.
/// </summary>
internal static class UpperSnapshot
{
    private const int ChangedMeanwhile = 1;

    internal static async Task<FileOutcome> WriteAsync(
        string upperFolder, string tarFile, long bytesMax, CancellationToken cancellationToken)
    {
        // What it takes on its tmpfs, not what its files claim to be long.
        DriveInfo layer = new(upperFolder);
        if (layer.TotalSize - layer.TotalFreeSpace > bytesMax)
        {
            return FileOutcome.TooLarge;
        }

        ProcessStartInfo start = new(Executables.Find("tar")
            ?? throw new SandboxException(SandboxFailure.Missing, "tar is not installed ('apt-get install tar')."))
        {
            WorkingDirectory = "/",
            RedirectStandardError = true,
            ArgumentList =
            {
                "--create", "--file", tarFile, "--directory", upperFolder, "--format=pax", "--sparse",
                "--one-file-system", "--numeric-owner", "--xattrs", "--xattrs-include=trusted.overlay.*",
                "--warning=no-file-ignored", ".",
            },
        };
        // TAR_OPTIONS could name programs to run.
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)
            ?? throw new SandboxException(SandboxFailure.Broken, "tar does not start.");
        try
        {
            string said = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode is 0 or ChangedMeanwhile
                ? FileOutcome.Done
                : throw new SandboxException(SandboxFailure.Broken, $"tar: {said.Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
