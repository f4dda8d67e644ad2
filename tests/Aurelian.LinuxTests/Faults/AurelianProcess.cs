using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Aurelian.Sandbox;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Faults;

/// <summary>
/// The program as a user starts it, with a runs folder and a temporary folder of its own, and everything that it
/// started or made and that is still there: found by a mark in the environment and by the names of cgroups and folders.
/// </summary>
internal sealed class AurelianProcess : IDisposable
{
    private const string Mark = "AURELIAN_FAULT_TEST";
    private static int _started;

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly StringBuilder _output = new();
    private readonly string _mark = $"{Mark}={Environment.ProcessId}-{Interlocked.Increment(ref _started)}";
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-fault-").FullName;

    private AurelianProcess(Func<string, string[]> arguments, Func<Func<Process>, Process>? inside)
    {
        Directory.CreateDirectory(Temporary);
        // Who starts the tests in the background has SIGINT ignored, and so would Aurelian have.
        string binary = Path.Combine(AppContext.BaseDirectory, "aurelian");
        ProcessStartInfo start = new("env", ["--default-signal=INT", binary, .. arguments(Runs)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TMPDIR"] = Temporary, ["DOTNET_EnableDiagnostics"] = "0", [Mark] = _mark.Split('=')[1] },
        };
        Process = inside is null ? Process.Start(start)! : inside(() => Process.Start(start)!);
        Process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        Process.OutputDataReceived += (_, line) => _output.AppendLine(line.Data);
        Process.BeginErrorReadLine();
        Process.BeginOutputReadLine();
    }

    internal Process Process { get; }

    internal string Runs => Path.Combine(_folder, "runs");

    internal string Temporary => Path.Combine(_folder, "tmp");

    internal string Said => string.Join('\n', _lines);

    internal string Output => _output.ToString();

    /// <summary>Lines that told somebody of a verdict: by then it must have been stored.</summary>
    internal string[] ToldOf => [.. _lines.Where(line => line.EndsWith(" done", StringComparison.Ordinal))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2])];

    internal static AurelianProcess Quickstart() => new(runs => ["quickstart", "--no-train", "--runs", runs], null);

    internal static AurelianProcess Run(string command, params string[] options) =>
        new(runs => ["run", "--runs", runs, .. options, "--", "bash", "-c", command], null);

    internal static AurelianProcess Start(params string[] arguments) => new(_ => arguments, null);

    /// <summary>Started from a thread inside the namespace, which the process then lives in.</summary>
    internal static AurelianProcess RunInside(NetworkNamespace inside, string command, params string[] options) =>
        new(runs => ["run", "--runs", runs, .. options, "--", "bash", "-c", command], inside.Run);

    internal int? Warden() => Marked().Where(pid => pid != Process.Id && Read($"/proc/{pid}/comm") == "warden\n"
            && Read($"/proc/{pid}/cmdline").Split('\0') is [_, "serve", ..]
            && Read($"/proc/{pid}/stat") is { Length: > 0 } stat
            && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{Process.Id}")
        .Select(pid => (int?)pid).FirstOrDefault();

    /// <summary>Every process of it that lives: helpers, runtimes, and all that is in its sandboxes' cgroups.</summary>
    internal int[] Alive() => [.. Marked().Union(InCgroups()).Where(pid => pid != Process.Id)];

    /// <summary>Cgroups, state and temporary files.</summary>
    internal string[] Leftovers() =>
    [
        .. Mounts().SelectMany(mount => Directory.GetDirectories(mount, $"aurelian-{Process.Id}-*")),
        .. Directory.GetDirectories("/run", $"aurelian-{Process.Id}-*"),
        .. Directory.GetFileSystemEntries(Temporary),
    ];

    internal RunFolder? Folder() => Directory.Exists(Runs) && Directory.GetDirectories(Runs) is [string only, ..]
        && File.Exists(Path.Combine(only, "timeline.db")) ? RunFolder.Find(Runs, "latest") : null;

    internal async Task<string> IncidentsAsync()
    {
        ProcessStartInfo start = new(
            Path.Combine(AppContext.BaseDirectory, "aurelian"), ["incidents", "--runs", Runs])
        {
            RedirectStandardOutput = true,
        };
        using Process incidents = Process.Start(start)!;
        string said = await incidents.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await incidents.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, incidents.ExitCode);
        return said;
    }

    internal async Task<int> ExitAsync(double seconds = 60)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(seconds));
        await Process.WaitForExitAsync(deadline.Token);
        return Process.ExitCode;
    }

    internal async Task SaidAsync(string text)
    {
        await Eventually.Async(() => Process.HasExited || Said.Contains(text, StringComparison.Ordinal), 60);
        Assert.Contains(text, Said, StringComparison.Ordinal);
    }

    internal void Signal(string signal) => Send(signal, Process.Id);

    /// <summary>To the training program that it started.</summary>
    internal void SignalTrainer(string signal)
    {
        foreach (int pid in Marked().Where(pid => Read($"/proc/{pid}/comm") == "aurelian-traini\n"))
        {
            Send(signal, pid);
        }
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            Process.WaitForExit();
        }

        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Send(string signal, int pid)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        kill.WaitForExit();
    }

    private int[] Marked() => [.. Pids().Where(pid =>
        Read($"/proc/{pid}/environ").Split('\0').Contains(_mark, StringComparer.Ordinal))];

    private int[] InCgroups() => [.. Pids().Where(pid =>
        Read($"/proc/{pid}/cgroup").Contains($"/aurelian-{Process.Id}-", StringComparison.Ordinal)
        && !Read($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal))];

    private static IEnumerable<int> Pids() => Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static IEnumerable<string> Mounts()
    {
        CgroupLayout layout = CgroupLayout.Probe();
        return layout.Hierarchies.Prepend(layout.Unified);
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

internal static class Eventually
{
    internal static async Task Async(Func<bool> condition, double seconds = 10)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition() && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
