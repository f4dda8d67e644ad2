using System.Text.Json;
using Aurelian.Agents;
using Aurelian.Training.Model.Generation;
using Aurelian.Training.Templates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aurelian.Training.Serving;

internal sealed record ChatRequest(
    JsonElement[] Messages, string? Model = null, JsonElement[]? Tools = null, int? MaxTokens = null,
    int? MaxCompletionTokens = null, double Temperature = 1, double TopP = 1, JsonElement? Stop = null, int N = 1,
    int? Seed = null, bool Stream = false, bool Logprobs = false, int? TopLogprobs = null);

/// <summary>
/// OpenAI-compatible chat completions over the base model: its own template, tool calls, log-probs. A stream gives the
/// whole message as one piece, since tool calls are only known at its end.
/// </summary>
internal sealed class ChatEndpoints(ModelServer server, ChatTemplate? template, TimeProvider time)
{
    private const int TokensStandard = 512;
    private int _number;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", () => TinkerEndpoints.Json(new
        {
            Object = "list",
            Data = new[] { new { Id = server.Name, Object = "model", Created = 0, OwnedBy = "aurelian" } },
        }));
        routes.MapPost("/v1/chat/completions", CompleteAsync);
    }

    private async Task CompleteAsync(HttpContext context)
    {
        CancellationToken cancellationToken = context.RequestAborted;
        byte[] body = await Bodies.ReadAsync(context.Request, cancellationToken).ConfigureAwait(false);
        ChatRequest request = TinkerEndpoints.Parse<ChatRequest>(body);
        if (request.TopLogprobs > 0)
        {
            throw TrainingException.BadInput("top_logprobs is not supported: leave it at 0");
        }

        if (request.Model is { } model && model != server.Name)
        {
            throw new ServingException(ServingException.Unknown, $"there is no model '{model}': '{server.Name}' is");
        }

        int[] prompt = Encode(request);
        int room = server.Base.Config.PositionsMax - prompt.Length;
        GenerationOptions options = server.Options(new SamplingRequest(
            Math.Min(request.MaxCompletionTokens ?? request.MaxTokens ?? TokensStandard, Math.Max(1, room)),
            request.Seed, request.Stop, request.Temperature, -1, request.TopP));
        int number = Interlocked.Increment(ref _number);
        IReadOnlyList<Continuation> texts = await server.Futures.RunAsync(
            () => server.Generate(
                new WeightSnapshot(null, null), [.. Enumerable.Repeat(prompt, request.N)], options,
                request.Seed ?? number), cancellationToken).ConfigureAwait(false);
        string id = FormattableString.Invariant($"chatcmpl-{number}");
        long created = time.GetUtcNow().ToUnixTimeSeconds();
        if (request.Stream)
        {
            await StreamAsync(context, request, texts, id, created).ConfigureAwait(false);
            return;
        }

        int completion = texts.Sum(text => text.Tokens.Count);
        await TinkerEndpoints.Json(new
        {
            Id = id, Object = "chat.completion", Created = created, Model = server.Name,
            Choices = texts.Select((text, index) =>
            {
                (object message, string finish) = Message(text);
                return new
                {
                    Index = index, Message = message, FinishReason = finish,
                    Logprobs = request.Logprobs ? Scores(text) : null,
                };
            }),
            Usage = new
            {
                PromptTokens = prompt.Length, CompletionTokens = completion, TotalTokens = prompt.Length + completion,
            },
        }).ExecuteAsync(context).ConfigureAwait(false);
    }

    private async Task StreamAsync(
        HttpContext context, ChatRequest request, IReadOnlyList<Continuation> texts, string id, long created)
    {
        context.Response.ContentType = "text/event-stream";
        for (int index = 0; index < texts.Count; index++)
        {
            (object message, string finish) = Message(texts[index]);
            object? scores = request.Logprobs ? Scores(texts[index]) : null;
            await SendAsync(new { Index = index, Delta = message, Logprobs = scores, FinishReason = (string?)null })
                .ConfigureAwait(false);
            await SendAsync(new { Index = index, Delta = new { }, FinishReason = finish }).ConfigureAwait(false);
        }

        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted).ConfigureAwait(false);

        Task SendAsync(object choice) => context.Response.WriteAsync(
            "data: " + JsonSerializer.Serialize(new
            {
                Id = id, Object = "chat.completion.chunk", Created = created, Model = server.Name,
                Choices = new[] { choice },
            }, WireJson.Options) + "\n\n", context.RequestAborted);
    }

    /// <summary>What tools and users wrote forges no frame: added tokens count in the template's text alone.</summary>
    private int[] Encode(ChatRequest request)
    {
        if (template is null || server.Tokenizer is null)
        {
            throw TrainingException.BadInput("the served folder has no tokenizer or no chat template");
        }

        return [.. new ChatEncoder(server.Tokenizer, template).Encode(
            new Dictionary<string, object?>
            {
                ["messages"] = request.Messages.Select(message => ChatTemplate.FromJson(message)).ToList(),
                ["tools"] = request.Tools is { Length: > 0 } tools
                    ? tools.Select(tool => ChatTemplate.FromJson(tool)).ToList() : null,
                ["add_generation_prompt"] = true,
            },
            "tool", "user", "system")];
    }

    private (object Message, string Finish) Message(Continuation text)
    {
        string written = server.Tokenizer!.Decode(text.Tokens.Select(token => token.Id), skipSpecial: true);
        AgentTurn turn = ToolCallText.Parse(written);
        if (turn.Calls.Count == 0)
        {
            return (new { Role = "assistant", Content = written },
                text.Finish == FinishReason.Stop ? "stop" : "length");
        }

        return (new
        {
            Role = "assistant", Content = turn.Text,
            ToolCalls = turn.Calls.Select((call, index) => new
            {
                Index = index, Id = FormattableString.Invariant($"call-{index}"), Type = "function",
                Function = new { Name = call.Tool, Arguments = JsonSerializer.Serialize(call.Arguments) },
            }),
        }, "tool_calls");
    }

    private object Scores(Continuation text) => new
    {
        Content = text.Tokens.Select(token => new
        {
            Token = server.Tokenizer!.Decode([token.Id]), Logprob = token.LogProbability,
            Bytes = server.Tokenizer.Bytes(token.Id).Select(each => (int)each), TopLogprobs = Array.Empty<object>(),
        }),
    };
}
