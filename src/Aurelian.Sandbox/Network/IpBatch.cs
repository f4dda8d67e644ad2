using System.Diagnostics;

namespace Aurelian.Sandbox;

/// <summary>One run of <c>ip -batch</c> inside a namespace: for setting up, never per event.</summary>
public static class IpBatch
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(30);

    /// <summary>Throws <see cref="SandboxException"/> with what <c>ip</c> said when a line fails.</summary>
    public static void Run(NetworkNamespace inside, IEnumerable<string> lines)
    {
        ProcessStartInfo start = new("ip")
        {
            ArgumentList = { "-batch", "-" },
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        // A child process is born in the namespace of the thread that starts it.
        using Process process = inside.Run(() => Process.Start(start))
            ?? throw new SandboxException(SandboxFailure.Missing, "'ip' does not start; install iproute2.");
        Task<string> said = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(string.Join('\n', lines) + "\n");
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeMax) || process.ExitCode != 0)
        {
            throw new SandboxException(
                SandboxFailure.Broken, $"Cannot set up {inside.Label}: {said.GetAwaiter().GetResult().Trim()}");
        }
    }
}
