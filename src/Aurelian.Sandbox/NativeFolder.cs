namespace Aurelian.Sandbox;

/// <summary>Where eng/build-native put the native parts.</summary>
public static class NativeFolder
{
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
}
