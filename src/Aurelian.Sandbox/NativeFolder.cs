using System.Reflection;

namespace Aurelian.Sandbox;

/// <summary>Where eng/build-native put the native parts.</summary>
public static class NativeFolder
{
    private static string Sources { get; } = typeof(NativeFolder).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(each => each.Key == "NativeSources").Value!;

    /// <summary>
    /// <c>artifacts/native</c> of the checkout that this assembly was built in, or beside the assembly.
    /// </summary>
    public static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "artifacts", "native");
            if (File.Exists(Path.Combine(candidate, "warden")))
            {
                return candidate;
            }
        }

        return Path.Combine(AppContext.BaseDirectory, "native");
    }

    /// <summary>Null where the folder has the parts that this program was built with; else what to do.</summary>
    public static string? ProblemOf(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "warden")) || !File.Exists(Path.Combine(folder, "sensors.bpf.o")))
        {
            return "The native parts are not built: run eng/build-native.";
        }

        string sources = Path.Combine(folder, "sources");
        return File.Exists(sources) && File.ReadAllText(sources).Trim() == Sources ? null
            : $"The native parts in {folder} are of another build than this program: run eng/build-native, then build.";
    }

    internal static void Require(string folder)
    {
        if (ProblemOf(folder) is { } problem)
        {
            throw new SandboxException(SandboxFailure.Missing, problem);
        }
    }
}
