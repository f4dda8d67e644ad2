using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Aurelian.TrainingTests.Engines;

internal enum Fault
{
    /// <summary>503, and the server never hears of it.</summary>
    Busy,

    /// <summary>The connection is cut, and the server never hears of it.</summary>
    Broken,

    /// <summary>The server does it, and the connection is cut before its answer.</summary>
    LostAnswer,

    /// <summary>429.</summary>
    TooMany,

    /// <summary>408.</summary>
    Late,
}

/// <summary>Stands before a server and spoils every fourth request, by the given faults in turn.</summary>
internal sealed class FaultyFront : IAsyncDisposable
{
    private const int Every = 4;

    private readonly HttpClient _client = new();
    private readonly WebApplication _web;
    private readonly Func<Uri> _server;
    private readonly Fault[] _faults;
    private int _requests, _done;

    private FaultyFront(WebApplication web, Func<Uri> server, Fault[] faults)
    {
        _web = web;
        _server = server;
        _faults = faults;
        web.Run(AnswerAsync);
    }

    internal Uri Address => new(_web.Urls.First());

    internal int Done => _done;

    internal static async Task<FaultyFront> StartAsync(Func<Uri> server, Fault[] faults)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        FaultyFront front = new(builder.Build(), server, faults);
        await front._web.StartAsync(TestContext.Current.CancellationToken);
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        int number = Interlocked.Increment(ref _requests);
        Fault? fault = _faults.Length > 0 && number % Every == 0
            ? _faults[(Interlocked.Increment(ref _done) - 1) % _faults.Length] : null;
        if (fault is Fault.Busy or Fault.TooMany or Fault.Late)
        {
            context.Response.StatusCode = fault switch { Fault.Busy => 503, Fault.TooMany => 429, _ => 408 };
            return;
        }

        if (fault is Fault.Broken)
        {
            context.Abort();
            return;
        }

        using HttpRequestMessage request = new(
            new HttpMethod(context.Request.Method), new Uri(_server(), context.Request.Path))
        {
            Content = new StreamContent(context.Request.Body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        using HttpResponseMessage answer = await _client.SendAsync(request, context.RequestAborted);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (fault is Fault.LostAnswer)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
