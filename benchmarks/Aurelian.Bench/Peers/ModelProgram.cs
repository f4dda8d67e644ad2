using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>What a program says of one command.</summary>
/// <param name="Check">The last loss, or the sum of all new ids.</param>
internal readonly record struct ModelAnswer(double Tokens, double Check, double Wall, double Cpu)
{
    internal double PerSecond => Tokens / Wall;

    internal double PerProcessorSecond => Tokens / Cpu;
}

/// <summary>A program with a loaded model that takes commands line by line: ours, or the peer.</summary>
internal sealed class ModelProgram : IDisposable
{
    internal const string PeerName = "python3-torch 1.13";

    private readonly Process _process;

    private ModelProgram(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        _process = Process.Start(start)!;
    }

    private static string Artifacts => Path.GetDirectoryName(NativeFolder.Find())!;

    private static string Ours =>
        Path.Combine(Artifacts, "bin", "Aurelian.TrainingBench", "release", "Aurelian.TrainingBench");

    /// <summary>Writes the random model that both load.</summary>
    internal static void Make(string size, string folder)
    {
        using Process process = Process.Start(new ProcessStartInfo(Ours, ["make", size, folder]))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("the model cannot be made; the lines above say why");
        }
    }

    internal static ModelProgram StartOurs(string folder, int threads) =>
        new(new ProcessStartInfo(Ours, [folder, threads.ToString(CultureInfo.InvariantCulture)]));

    /// <summary>Null where the packages are not unpacked.</summary>
    internal static ModelProgram? StartPeer(string folder, int threads)
    {
        string root = Path.Combine(Artifacts, "python3-torch", "root");
        string packages = Path.Combine(root, "usr/lib/python3/dist-packages");
        if (!Directory.Exists(Path.Combine(packages, "torch")))
        {
            return null;
        }

        string program = Path.Combine(
            Path.GetDirectoryName(Artifacts)!, "benchmarks", "Aurelian.Bench", "Peers", "qwen3_moe.py");
        ProcessStartInfo start = new(
            "/usr/bin/python3", [program, folder, threads.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["PYTHONPATH"] = packages;
        start.Environment["LD_LIBRARY_PATH"] = string.Join(':', Libraries(root));
        return new ModelProgram(start);
    }

    internal ModelAnswer Do(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended at '{command}'");
        using JsonDocument answer = JsonDocument.Parse(line);
        double Number(string name) => answer.RootElement.GetProperty(name).GetDouble();
        return new ModelAnswer(Number("tokens"), Number("check"), Number("wall"), Number("cpu"));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static readonly string[] LibraryFolders = ["usr/lib", "lib"];

    /// <summary>OpenBLAS before the reference BLAS, which would make the peer look bad.</summary>
    private static IEnumerable<string> Libraries(string root)
    {
        string[] folders = [.. LibraryFolders.Select(name => Path.Combine(root, name))
            .Where(Directory.Exists)
            .SelectMany(name => Directory.EnumerateFiles(name, "*.so*", SearchOption.AllDirectories))
            .Select(file => Path.GetDirectoryName(file)!)
            .Where(name => !name.Contains("/python3/", StringComparison.Ordinal))
            .Distinct()];
        return folders.OrderByDescending(name => name.EndsWith("openblas-pthread", StringComparison.Ordinal));
    }
}
