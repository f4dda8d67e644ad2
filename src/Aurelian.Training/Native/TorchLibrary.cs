using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;

namespace Aurelian.Training.Native;

/// <summary>
/// Loads PyTorch's native library, once a process and before anything else of TorchSharp is touched: from the folder
/// that <c>AURELIAN_TORCH</c> names (a user's own PyTorch, for a GPU), else from the package that the build found.
/// </summary>
public static class TorchLibrary
{
    /// <summary>Names a folder with <c>libtorch.so</c>, such as <c>…/site-packages/torch/lib</c>.</summary>
    public const string Setting = "AURELIAN_TORCH";

    private const string Glue = "libLibTorchSharp.so";

    /// <summary>Debian 12 and Ubuntu 22.04 lack it; a marker in the glue asks for it and nothing calls it.</summary>
    private const string MarkerVersion = "GLIBCXX_3.4.32";

    private static readonly Lazy<string> Loaded = new(LoadOnce);

    /// <summary>Loads it if need be and says where from.</summary>
    /// <param name="threads">Threads of one operation; 0 leaves the library's own choice.</param>
    public static string Load(int threads = 0)
    {
        string from = Loaded.Value;
        if (threads > 0)
        {
            torch.set_num_threads(threads);
        }

        return from;
    }

    private static string LoadOnce()
    {
        // Threads that wait by spinning take the cores from the sandboxes; libgomp reads this when it is loaded.
        _ = NativeMethods.SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        string? named = Environment.GetEnvironmentVariable(Setting);
        string folder = string.IsNullOrEmpty(named) ? PackageFolder("libtorch") : named;
        foreach (string name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so" })
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                LoadLibrary(path);
            }
            else if (name != "libtorch_cuda.so")
            {
                throw NoTorch($"{path} is missing", null);
            }
        }

        LoadGlue(Path.Combine(PackageFolder("TorchSharp"), Glue));
        torch.InitializeDeviceType(DeviceType.CPU);
        return folder;
    }

    /// <summary>Where the build found a package's native files; beside the program where those were copied.</summary>
    private static string PackageFolder(string package)
    {
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, Glue)))
        {
            return AppContext.BaseDirectory;
        }

        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw NoTorch($"no package for {RuntimeInformation.ProcessArchitecture}", null);
        }

        string root = typeof(TorchLibrary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == package).Value!;
        return Path.Combine(root, "runtimes", "linux-x64", "native");
    }

    private static void LoadGlue(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException exception) when (
            exception.Message.Contains(MarkerVersion, StringComparison.Ordinal))
        {
            LoadLibrary(WeakCopy(path));
        }
        catch (DllNotFoundException exception)
        {
            throw NoTorch(exception.Message, exception);
        }
    }

    /// <summary>A copy of our own that asks weakly for the missing version. Made once, whole or not at all.</summary>
    private static string WeakCopy(string path)
    {
        byte[] elf = File.ReadAllBytes(path);
        string name = Convert.ToHexStringLower(SHA256.HashData(elf).AsSpan(0, 8));
        if (ElfVersionNeeds.MarkWeak(elf, MarkerVersion) == 0)
        {
            throw NoTorch($"{path} does not name {MarkerVersion}", null);
        }

        string folder = Path.Combine(OwnFolder(), name);
        string copy = Path.Combine(folder, Glue);
        try
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(elf))
            {
                string partial = $"{copy}.{Environment.ProcessId}";
                File.WriteAllBytes(partial, elf);
                File.Move(partial, copy, overwrite: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NoTorch($"a private copy cannot be written: {exception.Message}", exception);
        }

        return copy;
    }

    /// <summary>Code is loaded from here, so nobody else may write here: the user's own data folder.</summary>
    private static string OwnFolder()
    {
        string data = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return Path.Combine(data.Length > 0 ? data : AppContext.BaseDirectory, "aurelian");
    }

    private static void LoadLibrary(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException exception)
        {
            throw NoTorch(exception.Message, exception);
        }
    }

    private static TrainingException NoTorch(string why, Exception? inner) => new(
        TrainingFailure.NoTorch,
        $"PyTorch's native library cannot be loaded: {why}. Run 'dotnet restore src/Aurelian.Training', or name the "
        + $"folder of a PyTorch 2.10 of your own: {Setting}=…/site-packages/torch/lib",
        inner);
}
