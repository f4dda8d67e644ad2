using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Aurelian.Agents;

namespace Aurelian.Cli;

/// <summary>The training program as a process beside this one, on the same terminal.</summary>
internal static partial class TrainingProcess
{
    private const int SignalTerminate = 15;

    internal static bool IsBuilt => TrainingProgram.Find() is not null;

    /// <summary>Runs it to its end; its exit code is ours.</summary>
    /// <param name="outputToError">Its words go to our standard error: ours is for programs.</param>
    internal static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken, bool outputToError = false)
    {
        string? program = TrainingProgram.Find();
        if (program is null)
        {
            Console.Error.WriteLine($"aurelian: {TrainingProgram.NotBuilt}");
            return ExitCodes.Broken;
        }

        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = outputToError,
        };
        // Threads that wait by spinning take the cores from the sandboxes.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "PASSIVE");
        using Process process = Process.Start(start) ?? throw new Win32Exception();
        // The terminal's Ctrl-C reaches both processes, another's SIGTERM only this one.
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _ = Kill(process.Id, SignalTerminate);
        });
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, context => context.Cancel = true);
        if (outputToError)
        {
            await process.StandardOutput.BaseStream.CopyToAsync(Console.OpenStandardError(), CancellationToken.None)
                .ConfigureAwait(false);
        }

        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
