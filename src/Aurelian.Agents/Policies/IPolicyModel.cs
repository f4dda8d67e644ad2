namespace Aurelian.Agents;

/// <summary>
/// What decides the next step of an agent: a script, or a language model. (In a firewall's sense a <em>policy</em> is
/// something else; see the glossary.)
/// </summary>
public interface IPolicyModel
{
    /// <summary>As the user wrote it: <c>scripted:FILE</c>.</summary>
    string Name { get; }

    /// <summary>The next turn; one without tool calls ends the episode.</summary>
    ValueTask<AgentTurn> NextAsync(IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken);
}

/// <param name="Text">What the policy says besides, for people.</param>
public sealed record AgentTurn(string Text, IReadOnlyList<ToolRequest> Calls)
{
    /// <summary>What the model thought before it spoke; never parsed for calls, never shown to it again.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>Why a call in the text could not be read; the model is told and may mend it. Null: none.</summary>
    public string? Malformed { get; init; }

    /// <summary>The whole turn as the model wrote it, reasoning left out; null: <see cref="Text"/> is all.</summary>
    public string? Written { get; init; }

    /// <summary>As sampled, where the policy tells; never made from the text.</summary>
    public SampledTokens? Tokens { get; init; }

    /// <summary>Tokens that the turn cost, where the policy counts them.</summary>
    public int TokenCount { get; init; }
}

/// <summary>What was sampled in one turn, token by token.</summary>
/// <param name="Prompt">The ids that the turn was sampled after; empty where a server keeps them to itself.</param>
/// <param name="Ids">Sampled ids; empty where a server gives log-probs only.</param>
/// <param name="LogProbs">Natural logarithms of the sampled tokens' probabilities.</param>
public sealed record SampledTokens(
    IReadOnlyList<int> Prompt, IReadOnlyList<int> Ids, IReadOnlyList<double> LogProbs);

/// <param name="Arguments">By name, as text.</param>
public sealed record ToolRequest(string Tool, IReadOnlyDictionary<string, string> Arguments)
{
    /// <summary>A server's own id of the call; null where the call was read from text.</summary>
    public string? Id { get; init; }
}

public enum AgentRole
{
    System,
    User,
    Assistant,
    Tool,
}

public sealed record AgentMessage(AgentRole Role, string Text)
{
    /// <summary>Calls that an assistant's message made through a server's own interface.</summary>
    public IReadOnlyList<ToolRequest> Calls { get; init; } = [];

    /// <summary>Of a tool's message: which call it answers, as <see cref="ToolRequest.Id"/>.</summary>
    public string? CallId { get; init; }
}

/// <summary>A policy could not say what to do next: the episode fails, and nothing is learnt from it.</summary>
public sealed class PolicyException(string message, Exception? inner = null) : Exception(message, inner);
