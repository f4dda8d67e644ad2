using Aurelian.Training.Engines.Tinker;

namespace Aurelian.Training.Jobs;

/// <summary>Reads a job's <c>[engine]</c>, and refuses what the engine could not honour.</summary>
internal static class EngineReader
{
    private const string Url = "url", KeyVariable = "api_key_variable", Tokenizer = "tokenizer";

    /// <returns>Null: the built-in engine.</returns>
    internal static TinkerSettings? Read(JobTable table, string folder, ModelSettings model)
    {
        if (table.Word("kind", "built-in", "built-in", "tinker") == "built-in")
        {
            table.Finish();
            return null;
        }

        Uri url = ReadUrl(table);
        TinkerSettings settings = new(
            url, table.Text("base_model") ?? table.Fail("base_model", "must name a model as the server does", ""),
            ReadTokenizer(table, folder, model), ReadKey(table, url), table.Whole("rank", 32, 0, 1024),
            TimeSpan.FromSeconds(table.Real("request_seconds", 45, 0.1, 3600)),
            TimeSpan.FromSeconds(table.Real("answer_seconds", 1800, 1, 86_400)),
            TimeSpan.FromSeconds(table.Real("retry_seconds", 120, 0, 86_400)));
        table.Finish();
        return settings;
    }

    /// <summary>What the protocol has no word for is refused: it would otherwise be believed to hold.</summary>
    internal static void RefuseUnserved(JobTable algorithm, AlgorithmSettings settings)
    {
        if (settings.RouterLoss > 0)
        {
            algorithm.Fail("router_loss", "cannot be had of a Tinker server: set 0, or leave it out", 0);
        }

        if (settings.Temperature != 1)
        {
            algorithm.Fail("temperature", "must be 1: a Tinker server scores and trains at temperature 1", 0);
        }
    }

    private static Uri ReadUrl(JobTable table) =>
        Uri.TryCreate(table.Text(Url), UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0 && url.Query.Length == 0
            ? url
            : table.Fail(Url, "must be the server's address, such as http://127.0.0.1:8000", new Uri("http://[::1]"));

    private static string ReadTokenizer(JobTable table, string folder, ModelSettings model)
    {
        string? given = table.Text(Tokenizer) is { } named ? Path.Combine(folder, named) : model.Folder;
        bool found = given is not null && (File.Exists(Path.Combine(given, "tokenizer.json"))
            || File.Exists(Path.Combine(given, "tokenizer.json.gz")));
        return found ? given! : table.Fail(
            Tokenizer, $"must name a folder with the base model's tokenizer.json ('{given}')", "");
    }

    /// <summary>The key itself stands in no file and in no message.</summary>
    private static string? ReadKey(JobTable table, Uri url)
    {
        string? name = table.Text(KeyVariable);
        if (name is null)
        {
            return null;
        }

        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
        {
            table.Fail(KeyVariable, $"names {name}, and that environment variable is not set", 0);
        }

        return url.Scheme == "https" || url.IsLoopback ? name : table.Fail(
            Url, "must be https: a key would go over the network in the clear", name);
    }
}
