using System.Globalization;
using System.Text.Json;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Commands;

/// <summary><c>model inspect</c>: what a model's config says of its size.</summary>
internal static class InspectAction
{
    /// <summary>In 32 bits: the weight, its gradient and AdamW's two moments.</summary>
    private const int TrainingBytesPerParameter = 16;

    internal static int Run(string folder, bool json, TextWriter output)
    {
        ModelConfig config = ModelConfigReader.ReadFolder(folder);
        long parameters = TensorCatalogue.Parameters(config);
        int storedBytes = config.StoredAs == WeightType.Float32 ? 4 : 2;
        Dictionary<string, object> sizes = new()
        {
            ["parameters"] = parameters,
            ["activeParameters"] = TensorCatalogue.ActiveParameters(config),
            ["layers"] = config.Layers,
            ["sparseLayers"] = config.SparseLayers,
            ["experts"] = config.Experts,
            ["expertsPerToken"] = config.ExpertsPerToken,
            ["storedAs"] = config.StoredAs.ToString().ToLowerInvariant(),
            ["weightBytes"] = parameters * storedBytes,
            ["trainingBytes"] = parameters * TrainingBytesPerParameter,
            ["cacheBytesPerToken"] = TensorCatalogue.CacheBytesPerToken(config),
        };
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(sizes));
            return ExitCodes.Done;
        }

        output.WriteLine(Text(config, parameters, storedBytes));
        return ExitCodes.Done;
    }

    private static string Text(ModelConfig config, long parameters, int storedBytes)
    {
        string stored = config.StoredAs.ToString().ToLowerInvariant();
        double training = Mebibytes(parameters * TrainingBytesPerParameter);
        return string.Create(CultureInfo.InvariantCulture, $"""
            parameters           {parameters,18:N0}
            active for a token   {TensorCatalogue.ActiveParameters(config),18:N0}
            layers               {config.Layers,18:N0}
            sparse layers        {config.SparseLayers,18:N0}   top {config.ExpertsPerToken} of {config.Experts}
            weights as stored    {Mebibytes(parameters * storedBytes),18:N1} MiB  {stored}
            to train             {training,18:N1} MiB  float32: weights, gradients, AdamW's two moments
            key-value cache      {TensorCatalogue.CacheBytesPerToken(config),18:N0} bytes a token in 16 bits
            """);
    }

    private static double Mebibytes(long bytes) => bytes / 1048576.0;
}
