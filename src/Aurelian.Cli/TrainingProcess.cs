using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aurelian.Cli;

/// <summary>The training program as a process beside this one, on the same terminal.</summary>
internal static partial class TrainingProcess
{
    private const string Name = "aurelian-training";
    private const int SignalTerminate = 15;

    internal static bool IsBuilt => Find() is not null;

    /// <summary>Runs it to its end; its exit code is ours.</summary>
    /// <param name="outputToError">Its words go to our standard error: ours is for programs.</param>
    internal static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken, bool outputToError = false)
    {
        string? program = Find();
        if (program is null)
        {
            Console.Error.WriteLine("aurelian: the training program is not built. Start './aurelian' from the "
                + "checkout, which builds it, or run: dotnet build src/Aurelian.Training -c Release");
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

    /// <summary>Beside this program where it was installed so, else where the checkout builds it.</summary>
    private static string? Find()
    {
        string here = AppContext.BaseDirectory;
        string configuration = new DirectoryInfo(here).Name;
        string[] places =
        [
            Path.Combine(here, "training", Name),
            Path.GetFullPath(Path.Combine(here, "..", "..", "Aurelian.Training", configuration, Name)),
        ];
        return places.FirstOrDefault(File.Exists);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
