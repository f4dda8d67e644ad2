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
public sealed record AgentTurn(string Text, IReadOnlyList<ToolRequest> Calls);

/// <param name="Arguments">By name, as text.</param>
public sealed record ToolRequest(string Tool, IReadOnlyDictionary<string, string> Arguments);

public enum AgentRole
{
    System,
    User,
    Assistant,
    Tool,
}

public sealed record AgentMessage(AgentRole Role, string Text);
