using System.Diagnostics;
using System.Globalization;

namespace Aurelian.Bench;

/// <summary>Runs a program to its end and says what it took.</summary>
internal static class MeasuredProgram
{
    /// <summary>Its time by the clock and by the processors, and the most memory it had, bytes.</summary>
    internal static async Task<(TimeSpan Wall, TimeSpan Processor, long Memory)> RunAsync(
        ProcessStartInfo start, CancellationToken cancellationToken)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        TimeSpan before = Native.TimeOfChildren();
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
        long most = 0;
        while (!process.HasExited)
        {
            most = Math.Max(most, Peak(process.Id));
            await Task.WhenAny(process.WaitForExitAsync(cancellationToken), Task.Delay(100, cancellationToken))
                .ConfigureAwait(false);
        }

        TimeSpan wall = Stopwatch.GetElapsedTime(began), processor = Native.TimeOfChildren() - before;
        _ = await output.ConfigureAwait(false);
        return process.ExitCode == 0 ? (wall, processor, most) : throw new InvalidOperationException(
            $"{start.FileName} ended with {process.ExitCode}: {(await error.ConfigureAwait(false)).Trim()}");
    }

    private static long Peak(int pid)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{pid}/status")
                .FirstOrDefault(each => each.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0
                : 1024 * long.Parse(line.AsSpan(6).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it ended meanwhile
        }
    }
}
