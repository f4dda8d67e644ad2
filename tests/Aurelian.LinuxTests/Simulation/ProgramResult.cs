using System.Diagnostics;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>What a program said and how it ended.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    public static async Task<ProgramResult> OfAsync(Process process)
    {
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Max);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new ProgramResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
