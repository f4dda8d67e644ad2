using System.Diagnostics;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>One run of <c>nft</c> inside a namespace: for setting a peer up.</summary>
internal static class NftBatch
{
    internal static void Run(NetworkNamespace inside, string rules)
    {
        ProcessStartInfo start = new("nft")
        {
            ArgumentList = { "-f", "-" }, RedirectStandardInput = true, RedirectStandardError = true,
        };
        using Process process = inside.Run(() => Process.Start(start))!;
        process.StandardInput.Write(rules + "\n");
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"nft: {process.StandardError.ReadToEnd()}");
        }
    }
}
