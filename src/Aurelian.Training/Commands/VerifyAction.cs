using System.Globalization;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Native;
using Aurelian.Training.Verification;

namespace Aurelian.Training.Commands;

/// <summary><c>model verify</c>.</summary>
internal static class VerifyAction
{
    internal static int Run(string folder, string? against, string? adapter, double tolerance, TextWriter output)
    {
        TorchLibrary.Load();
        using ReferenceCase reference = ReferenceCase.Open(against ?? Path.Combine(folder, "expected.safetensors"));
        using Qwen3MoeModel model = ModelFolder.Load(folder);
        string ownAdapter = Path.Combine(folder, "adapter");
        adapter ??= Directory.Exists(ownAdapter) ? ownAdapter : null;
        using LoraAdapter? lora = adapter is null ? null : AdapterFolder.Load(adapter, model.Config);
        model.Adapter = lora;
        if (lora is not null)
        {
            output.WriteLine($"with the adapter in {adapter}");
        }

        Comparisons comparisons = new ModelVerifier(model, reference, tolerance).Verify();
        foreach (Comparison comparison in comparisons.All)
        {
            output.WriteLine(Line(comparison));
        }

        return comparisons.Agree ? ExitCodes.Done : ExitCodes.Broken;
    }

    private static string Line(Comparison comparison)
    {
        string difference = comparison.Allowed == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{comparison.Difference} differ")
            : comparison.Difference.ToString("0.0e-00", CultureInfo.InvariantCulture);
        string allowed = comparison.Allowed == 0
            ? "none may" : comparison.Allowed.ToString("≤ 0.0e-00", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{(comparison.Agrees ? "same  " : "DIFFER")} {comparison.Group,-38} {comparison.Compared,9} numbers  "
            + $"{difference,12}  {allowed,-10}  {comparison.Where}");
    }
}
