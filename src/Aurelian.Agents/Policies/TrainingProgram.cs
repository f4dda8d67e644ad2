namespace Aurelian.Agents;

/// <summary>The training program, which alone loads PyTorch: a process of its own beside this one.</summary>
public static class TrainingProgram
{
    public const string NotBuilt = "the training program is not built. Start './aurelian' from the checkout, which "
        + "builds it, or run: dotnet build src/Aurelian.Training -c Release";

    private const string Name = "aurelian-training";

    /// <summary>Beside this program where it was installed so, else where the checkout builds it.</summary>
    public static string? Find()
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
}
