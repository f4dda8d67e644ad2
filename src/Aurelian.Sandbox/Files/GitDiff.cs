using System.Diagnostics;

namespace Aurelian.Sandbox;

/// <summary>
/// A patch between two folders, by git itself. Both are our own copies, and git is told to heed no configuration,
/// attribute or external program, so that nothing a sandbox wrote is run or believed.
/// </summary>
internal static class GitDiff
{
    internal static async Task<string> RunAsync(
        string scratch, string before, string after, CancellationToken cancellationToken)
    {
        string original = Path.Combine(scratch, "a");
        Directory.CreateSymbolicLink(original, Path.GetFullPath(before));
        ProcessStartInfo start = new(Executables.Find("git")
            ?? throw new SandboxException(SandboxFailure.Missing, "git is not installed ('apt-get install git')."))
        {
            WorkingDirectory = scratch,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-c", "core.attributesFile=/dev/null", "-c", "core.quotePath=true", "diff", "--no-index", "--binary",
                "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--no-prefix", "a/", "b/",
            },
            Environment =
            {
                ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_ATTR_NOSYSTEM"] = "1",
                ["GIT_CEILING_DIRECTORIES"] = scratch, ["HOME"] = scratch, ["LC_ALL"] = "C",
            },
        };
        using Process process = Process.Start(start)
            ?? throw new SandboxException(SandboxFailure.Broken, "git does not start.");
        Task<string> said = process.StandardError.ReadToEndAsync(cancellationToken);
        string patch = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        // 1: the folders differ.
        return process.ExitCode is 0 or 1
            ? patch
            : throw new SandboxException(SandboxFailure.Broken, $"git diff: {await said.ConfigureAwait(false)}");
    }
}
