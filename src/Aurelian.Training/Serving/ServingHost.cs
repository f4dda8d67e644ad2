using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Generation;
using Aurelian.Training.Templates;
using Aurelian.Training.Tokens;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Aurelian.Training.Serving;

/// <summary>A folder's model behind HTTP/1.1: loads it, listens, and lets all of it go.</summary>
internal sealed class ServingHost : IAsyncDisposable
{
    private readonly Qwen3MoeModel _model;
    private readonly ModelServer _server;
    private readonly WebApplication _web;

    private ServingHost(Qwen3MoeModel model, ModelServer server, WebApplication web)
    {
        _model = model;
        _server = server;
        _web = web;
    }

    /// <summary>With the port that was given, where 0 was asked for.</summary>
    internal Uri Address => new(_web.Urls.First());

    /// <summary>Loads and listens.</summary>
    internal static async Task<ServingHost> StartAsync(
        ServeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        System.Net.IPEndPoint endpoint = options.Endpoint();
        bool speaks = File.Exists(Path.Combine(options.Folder, "tokenizer.json"))
            || File.Exists(Path.Combine(options.Folder, "tokenizer.json.gz"));
        TextTokenizer? tokenizer = speaks ? TokenizerFile.ReadFolder(options.Folder) : null;
        Qwen3MoeModel model = ModelFolder.Load(options.Folder);
        string name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(options.Folder)));
        HashSet<int> ends = tokenizer is null
            ? [.. model.Config.EndTokens] : StopTokens.Of(options.Folder, model.Config, tokenizer);
        ModelServer server = new(model, name, options.Saves, tokenizer, ends);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Bodies.BytesMax;
            kestrel.Listen(endpoint);
        });
        builder.Services.AddRoutingCore();
        WebApplication web = builder.Build();
        web.Use((context, next) => GuardAsync(context, next, options.Token));
        web.UseRouting();
        new TinkerEndpoints(server, time).Map(web);
        new ChatEndpoints(server, tokenizer is null ? null : ChatTemplate.ReadFolder(options.Folder), time).Map(web);
        ServingHost host = new(model, server, web);
        try
        {
            await web.StartAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _model.Dispose();
    }

    /// <summary>The key, where one is wanted; and mistakes as the statuses that clients know.</summary>
    private static async Task GuardAsync(HttpContext context, RequestDelegate next, string? token)
    {
        if (token is not null && !Knows(context.Request, token))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "the key is missing or wrong")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (ServingException exception)
        {
            await RefuseAsync(context, exception.Status, exception.Message).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JsonException or InvalidProtocolBufferException
            or ZstdSharp.ZstdException or TrainingException { Reason: TrainingFailure.BadInput })
        {
            await RefuseAsync(context, ServingException.BadRequest, exception.Message).ConfigureAwait(false);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string message) => TinkerEndpoints
        .Json(new { Error = message, Category = "user", Detail = message }, status).ExecuteAsync(context);

    private static bool Knows(HttpRequest request, string token) =>
        Same(request.Headers["X-API-Key"].ToString(), $"tml-{token}")
        || Same(request.Headers.Authorization.ToString(), $"Bearer {token}");

    private static bool Same(string given, string wanted) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(wanted));
}
