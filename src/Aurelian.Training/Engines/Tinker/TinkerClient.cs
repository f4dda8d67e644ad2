using System.Net;
using System.Text.Json;
using Aurelian.Training.Serving;

namespace Aurelian.Training.Engines.Tinker;

/// <summary>
/// Calls of the Tinker protocol in JSON, which every server of it reads: sends, waits for the future, tries again what
/// may pass. A call sent again has the same number within its model, so a server that had heard it does it once.
/// </summary>
internal sealed class TinkerClient : IDisposable
{
    /// <summary>A result that the server had and dropped (410) is asked for anew this often.</summary>
    private const int SubmitsMax = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), PauseMax = TimeSpan.FromSeconds(8);
    private readonly HttpClient _http;
    private readonly TinkerSettings _settings;
    private readonly TimeProvider _time;

    /// <param name="key">Sent with every request and never written down; null: none.</param>
    internal TinkerClient(TinkerSettings settings, string? key, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        // The key goes where the job says and nowhere else.
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = !settings.Url.IsLoopback };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(settings.Url.ToString().TrimEnd('/') + "/api/v1/"),
            Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = Bodies.BytesMax,
        };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.TryAddWithoutValidation("X-API-Key", key);
        }
    }

    /// <summary>A call that is answered at once.</summary>
    /// <param name="request">Null: a GET.</param>
    /// <exception cref="TrainingException">The server refused, broke or was not reached in time.</exception>
    internal async Task<T> AskAsync<T>(string call, object? request, CancellationToken cancellationToken) =>
        Parse<T>(call, (await SendAsync(call, Body(request), isPoll: false, cancellationToken).ConfigureAwait(false))!);

    /// <summary>A call that is answered with a future: waits for what it becomes.</summary>
    /// <exception cref="TrainingException">The server refused, broke or was not reached in time.</exception>
    internal async Task<T> DoAsync<T>(string call, object request, CancellationToken cancellationToken)
    {
        byte[] body = Body(request)!;
        for (int submit = 1; submit <= SubmitsMax; submit++)
        {
            string? answer = await SendAsync(call, body, isPoll: false, cancellationToken).ConfigureAwait(false);
            string id = Parse<SubmittedAnswer>(call, answer!).RequestId ?? throw Unreadable(call, answer!);
            if (await WaitAsync(call, id, cancellationToken).ConfigureAwait(false) is { } result)
            {
                return Parse<T>(call, result);
            }
        }

        throw Failed($"dropped the answer to {call} {SubmitsMax} times before it was asked for");
    }

    /// <summary>One try, whose failure matters to nobody.</summary>
    internal async Task TryAsync(string call, object request, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage _ = await PostAsync(call, Body(request), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsFault(exception, cancellationToken))
        {
            // Whoever needs the server hears of it with the next call.
        }
    }

    public void Dispose() => _http.Dispose();

    /// <returns>Null: the server has dropped it.</returns>
    private async Task<string?> WaitAsync(string call, string id, CancellationToken cancellationToken)
    {
        byte[] body = Body(new FutureRequest(id))!;
        long start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < _settings.AnswerTimeout)
        {
            long asked = _time.GetTimestamp();
            string? answer;
            try
            {
                answer = await SendAsync("retrieve_future", body, isPoll: true, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (GoneException)
            {
                return null;
            }

            FutureAnswer future = answer is null
                ? new FutureAnswer("try_again", null, null) : Parse<FutureAnswer>(call, answer);
            if (future.Error is { } error)
            {
                throw future.Category == "user" ? Refused(call, error) : Failed($"broke at {call}: {Line(error)}");
            }

            if (future.Type != "try_again")
            {
                return answer;
            }

            // A server that does not hold the question open is not asked in a tight loop.
            if (_time.GetElapsedTime(asked) < FirstPause)
            {
                await Task.Delay(FirstPause, _time, cancellationToken).ConfigureAwait(false);
            }
        }

        throw Failed($"gave no result of {call} within {_settings.AnswerTimeout.TotalSeconds:0} s "
            + "(engine.answer_seconds)");
    }

    /// <summary>Sends until there is an answer, or for as long as the job says.</summary>
    /// <returns>Null: a poll that the server held open longer than one request may take.</returns>
    private async Task<string?> SendAsync(
        string call, byte[]? body, bool isPoll, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            string why;
            try
            {
                using HttpResponseMessage response = await PostAsync(call, body, cancellationToken)
                    .ConfigureAwait(false);
                string text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return text;
                }

                if (!IsPassing(response.StatusCode))
                {
                    throw Told(call, response.StatusCode, text);
                }

                why = $"it answered {(int)response.StatusCode} to {call}";
            }
            catch (OperationCanceledException) when (isPoll && !cancellationToken.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception exception) when (IsFault(exception, cancellationToken))
            {
                why = exception is OperationCanceledException
                    ? $"{call} took longer than {_settings.RequestTimeout.TotalSeconds:0} s" : exception.Message;
            }

            if (_time.GetElapsedTime(start) + pause > _settings.RetryFor)
            {
                throw new TrainingException(TrainingFailure.Engine, $"{_settings.Url} is not to be reached for "
                    + $"{_settings.RetryFor.TotalSeconds:0} s (engine.retry_seconds): {Line(why)}. Start it again; the "
                    + "last checkpoint stands: aurelian train --resume RUN");
            }

            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(
        string call, byte[]? body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(_settings.RequestTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(
            late.Token, cancellationToken);
        using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, call);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }

        // With its content: what is slow in coming is as late as what does not come.
        return await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token)
            .ConfigureAwait(false);
    }

    private static bool IsFault(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private Exception Told(string call, HttpStatusCode status, string text) => status switch
    {
        HttpStatusCode.Gone => new GoneException(),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => TrainingException.BadInput(
            $"{_settings.Url} refused the key: "
            + (_settings.KeyVariable is { } name ? $"look at the environment variable {name}"
                : "name the environment variable that holds one, engine.api_key_variable")),
        HttpStatusCode.PaymentRequired => Failed("has paused this account (402): see to its billing"),
        HttpStatusCode.NotFound => Failed(
            $"does not know what {call} is about ({Reason(text)}): it was started anew, or the session has ended. "
            + "Go on from the last checkpoint: aurelian train --resume RUN"),
        _ => Refused(call, $"{(int)status}, {Reason(text)}"),
    };

    private TrainingException Refused(string call, string why) => Failed($"refused {call}: {Line(why)}");

    private TrainingException Failed(string what) => new(TrainingFailure.Engine, $"{_settings.Url} {what}");

    private TrainingException Unreadable(string call, string text) =>
        Failed($"answered {call} with what the protocol does not have: {Line(text)}");

    private T Parse<T>(string call, string text)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, WireJson.Options) ?? throw Unreadable(call, text);
        }
        catch (JsonException)
        {
            throw Unreadable(call, text);
        }
    }

    private static string Reason(string text)
    {
        try
        {
            RefusalAnswer? refusal = JsonSerializer.Deserialize<RefusalAnswer>(text, WireJson.Options);
            return Line((refusal?.Error ?? refusal?.Detail)?.ToString() ?? text);
        }
        catch (JsonException)
        {
            return Line(text);
        }
    }

    /// <summary>What a server says may be a whole page.</summary>
    private static string Line(string text)
    {
        const int longest = 300;
        string line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= longest ? line : line[..longest] + "…";
    }

    private static byte[]? Body(object? request) => request is null
        ? null : JsonSerializer.SerializeToUtf8Bytes(request, request.GetType(), WireJson.Options);

    /// <summary>410: the promise of a result is lost, and the call is to be sent again.</summary>
    private sealed class GoneException : Exception;
}
