using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Serving;
using Aurelian.TrainingTests.Model;

namespace Aurelian.TrainingTests.Serving;

/// <summary>A tiny model behind a server on loopback, and the calls that a client makes.</summary>
internal sealed class ServedRig : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private ServingHost? _host;

    internal static async Task<ServedRig> StartAsync(
        Qwen3MoeModel model, Action<string>? complete = null, string? token = null)
    {
        ServedRig rig = new();
        string folder = rig._folder.File("tiny");
        ModelFolder.Save(model, folder);
        complete?.Invoke(folder);
        await rig.ListenAsync(token);
        rig._client.BaseAddress = rig._host!.Address;
        return rig;
    }

    /// <summary>From the same folder, with what clients saved; at another port.</summary>
    internal async Task ListenAsync(string? token = null) => _host = await ServingHost.StartAsync(
        new ServeOptions(_folder.File("tiny"), "127.0.0.1:0", null, _folder.File("saves"), false, token, 1),
        TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>All that is not saved is lost.</summary>
    internal async Task StopAsync()
    {
        await _host!.DisposeAsync();
        _host = null;
    }

    internal Uri Address => _host!.Address;

    /// <summary>The served model's.</summary>
    internal string Folder => _folder.File("tiny");

    internal static async Task<ServedRig> StartAsync()
    {
        using Qwen3MoeModel model = TinyModels.New();
        return await StartAsync(model);
    }

    internal async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(string path, object body)
    {
        using StringContent content = new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _client.PostAsync(
            new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)! : JsonValue.Create(text));
    }

    /// <summary>Protobuf both ways: submits, and gives the future's bytes.</summary>
    internal async Task<byte[]> TeachAsync(byte[] request, string? encoding)
    {
        using ByteArrayContent content = new(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using HttpResponseMessage submitted = await _client.PostAsync(
            new Uri("api/v1/forward_backward", UriKind.Relative), content, TestContext.Current.CancellationToken);
        string text = await submitted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using HttpRequestMessage retrieve = new(HttpMethod.Post, "api/v1/retrieve_future")
        {
            Content = new StringContent(
                $$"""{"request_id":"{{JsonNode.Parse(text)!["request_id"]}}"}""", Encoding.UTF8, "application/json"),
        };
        retrieve.Headers.Accept.ParseAdd("application/x-protobuf");
        using HttpResponseMessage answer = await _client.SendAsync(retrieve, TestContext.Current.CancellationToken);
        Assert.Equal("application/x-protobuf", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    internal async Task<string> SubmitAsync(string call, object body)
    {
        (HttpStatusCode status, JsonNode answer) = await PostAsync($"api/v1/{call}", body);
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)answer["request_id"]!;
    }

    internal async Task<JsonNode> RetrieveAsync(string id) =>
        (await PostAsync("api/v1/retrieve_future", new { request_id = id })).Answer;

    internal async Task<JsonNode> DoAsync(string call, object body) =>
        await RetrieveAsync(await SubmitAsync(call, body));

    /// <summary>A session and a model in it.</summary>
    internal async Task<string> CreateAsync(int rank)
    {
        string session = (string)(await PostAsync("api/v1/create_session", new { })).Answer["session_id"]!;
        JsonNode made = await DoAsync("create_model", new
        {
            session_id = session, model_seq_id = 0, base_model = "tiny", lora_config = new { rank, seed = 1 },
        });
        Assert.Equal($"{session}:train:0", (string?)made["model_id"]);
        return (string)made["model_id"]!;
    }

    internal static object Batch(string loss = "cross_entropy", double weight = 1) => new
    {
        loss_fn = loss,
        data = new[]
        {
            new
            {
                model_input = new { chunks = new[] { new { tokens = new[] { 1, 2, 3, 4 } } } },
                loss_fn_inputs = new
                {
                    target_tokens = new { data = new[] { 2, 3, 4, 5 }, dtype = "int64" },
                    weights = new { data = new[] { 0, weight, weight, weight }, dtype = "float32" },
                },
            },
        },
    };

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _folder.Dispose();
    }
}
