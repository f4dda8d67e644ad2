using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Aurelian.Agents;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>The training program as a user runs it; tells each step when it is done.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const int SignalTerminate = 15;
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private TrainingRun(Process process) => _process = process;

    internal static string Repository => Path.GetDirectoryName(Path.GetDirectoryName(NativeFolder.Find()))!;

    /// <summary>What its sandboxes spend is counted there, beside what the program and its helpers do.</summary>
    internal string? Cgroup => Directory
        .GetDirectories(CgroupLayout.Probe().Unified, $"aurelian-{_process.Id}-*").FirstOrDefault();

    /// <summary>Of the training program alone.</summary>
    internal double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    internal static TrainingRun Start(string job, string runs, params string[] options)
    {
        string program = TrainingProgram.Find() ?? throw new InvalidOperationException(TrainingProgram.NotBuilt);
        ProcessStartInfo start = new(program, ["train", job, "--runs", runs, .. options])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        return new TrainingRun(Process.Start(start)!);
    }

    internal async IAsyncEnumerable<int> StepsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["step", { } number, ..])
            {
                yield return int.Parse(number, CultureInfo.InvariantCulture);
            }
        }

        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException("the training run broke; the lines above say why");
        }
    }

    /// <summary>Broken off as a user does, so that it takes its sandboxes with it.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Native.Kill(_process.Id, SignalTerminate);
            // What it still prints must go somewhere, or it waits for us.
            _ = _process.StandardOutput.ReadToEndAsync();
            if (!_process.WaitForExit(EndMax))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }
}
