using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Aurelian.Agents;

/// <summary>
/// A model behind any server that speaks OpenAI's chat completions. Tools are offered through the server's own
/// interface; a server without one answers in text, which is parsed.
/// </summary>
/// <remarks>
/// Retried: no connection, 408, 429 and 5xx, with growing pauses. Covers: a tool's output is never parsed as a call.
/// Does not cover: what the server's own template makes of that output.
/// </remarks>
internal sealed class RemotePolicy : IPolicyModel
{
    private const int RetriesMax = 5;
    private const int BadRequest = 400;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(10);
    private static readonly ChatRole[] Roles = [ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User];

    private readonly IChatClient _client;
    private bool _asksLogProbs = true;

    internal RemotePolicy(string name, Uri endpoint, string model, string key, PipelinePolicy? retry = null)
    {
        Name = name;
        _client = new ChatClient(model, new ApiKeyCredential(key), new OpenAIClientOptions
        {
            Endpoint = endpoint,
            RetryPolicy = retry ?? new ClientRetryPolicy(RetriesMax),
            NetworkTimeout = RequestTimeout,
        }).AsIChatClient();
    }

    public string Name { get; }

    /// <param name="what"><c>URL#MODEL</c>, the URL up to and with <c>/v1</c>.</param>
    internal static (IPolicyModel? Model, IReadOnlyList<InputError> Errors) Load(string name, string what)
    {
        int hash = what.IndexOf('#', StringComparison.Ordinal);
        if (hash <= 0 || hash == what.Length - 1 || !Uri.TryCreate(what[..hash], UriKind.Absolute, out Uri? endpoint)
            || endpoint.Scheme is not ("http" or "https"))
        {
            return (null, [new InputError("--agent", 0,
                $"'{name}' must be openai:URL#MODEL, for example openai:http://127.0.0.1:8000/v1#Qwen3-30B-A3B")]);
        }

        // Servers of one's own ask for no key; the client insists on some text.
        string key = Environment.GetEnvironmentVariable("OPENAI_API_KEY") is { Length: > 0 } given ? given : "none";
        return (new RemotePolicy(name, endpoint, what[(hash + 1)..], key), []);
    }

    public async ValueTask<AgentTurn> NextAsync(
        IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken)
    {
        ChatMessage[] messages =
        [
            new(ChatRole.System, AgentTools.SystemPrompt), .. conversation.Select(ToMessage),
        ];
        try
        {
            return ToTurn(await AskAsync(messages, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is ClientResultException or HttpRequestException or IOException
            or AggregateException || exception is OperationCanceledException
                && !cancellationToken.IsCancellationRequested)
        {
            throw new PolicyException($"{Name} gave no answer: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    private async Task<ChatResponse> AskAsync(ChatMessage[] messages, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetResponseAsync(messages, Options(_asksLogProbs), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ClientResultException exception) when (exception.Status == BadRequest && _asksLogProbs)
        {
            // Not every server offers log-probs, and some refuse to be asked.
            ChatResponse response = await _client.GetResponseAsync(messages, Options(false), cancellationToken)
                .ConfigureAwait(false);
            _asksLogProbs = false;
            return response;
        }
    }

    private static ChatOptions Options(bool logProbs) => new()
    {
        Tools = [.. RemoteTools.Declarations],
        RawRepresentationFactory = _ => new ChatCompletionOptions
        {
            IncludeLogProbabilities = logProbs ? true : null,
        },
    };

    private static ChatMessage ToMessage(AgentMessage message) => message switch
    {
        { Role: AgentRole.Tool, CallId: { } id } =>
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id, message.Text)]),
        { Role: AgentRole.Tool } => new ChatMessage(
            ChatRole.User, $"<tool_response>\n{RemoteTools.Defuse(message.Text)}\n</tool_response>"),
        { Role: AgentRole.Assistant, Calls.Count: > 0 } => new ChatMessage(ChatRole.Assistant,
        [
            .. message.Text.Length > 0 ? [new TextContent(message.Text)] : Array.Empty<AIContent>(),
            .. message.Calls.Select(call => new FunctionCallContent(
                call.Id!, call.Tool, call.Arguments.ToDictionary(each => each.Key, each => (object?)each.Value))),
        ]),
        _ => new ChatMessage(Roles[(int)message.Role], message.Text),
    };

    private static AgentTurn ToTurn(ChatResponse response)
    {
        AIContent[] contents = [.. response.Messages.SelectMany(message => message.Contents)];
        string text = string.Concat(contents.OfType<TextContent>().Select(content => content.Text));
        AgentTurn spoken = ToolCallText.Parse(text);
        ToolRequest[] native = [.. contents.OfType<FunctionCallContent>().Select(RemoteTools.ToRequest)];
        FunctionCallContent? unreadable = contents.OfType<FunctionCallContent>()
            .FirstOrDefault(call => call.Exception is not null);
        SampledTokens? tokens = RemoteTools.Sampled(response.RawRepresentation as ChatCompletion);
        return spoken with
        {
            Calls = unreadable is not null ? [] : native.Length > 0 ? native : spoken.Calls,
            Malformed = unreadable is not null ? $"the arguments of '{unreadable.Name}' are no JSON object"
                : native.Length > 0 ? null : spoken.Malformed,
            Reasoning = spoken.Reasoning.Length > 0 ? spoken.Reasoning
                : string.Concat(contents.OfType<TextReasoningContent>().Select(content => content.Text)),
            Written = text[(text.IndexOf("</think>", StringComparison.Ordinal) is >= 0 and int at ? at + 8 : 0)..],
            Tokens = tokens,
            TokenCount = (int)Math.Min(int.MaxValue, response.Usage?.OutputTokenCount ?? tokens?.LogProbs.Count ?? 0),
        };
    }
}
