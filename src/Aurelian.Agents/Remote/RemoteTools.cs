using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Aurelian.Agents;

/// <summary>The loop's tools and a server's answer, each in the other's words.</summary>
internal static class RemoteTools
{
    /// <summary>How servers of the vLLM family write a token as its id.</summary>
    private const string IdPrefix = "token_id:";

    internal static IReadOnlyList<AITool> Declarations { get; } = [.. AgentTools.All.Select(tool =>
        AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, JsonElement.Parse(tool.Schema), null))];

    internal static ToolRequest ToRequest(FunctionCallContent call) => new(
        call.Name, (call.Arguments ?? new Dictionary<string, object?>())
            .ToDictionary(each => each.Key, each => each.Value?.ToString() ?? ""))
    {
        Id = call.CallId,
    };

    /// <summary>Log-probs, and ids where the server writes tokens as ids; null where it gives neither.</summary>
    internal static SampledTokens? Sampled(ChatCompletion? completion)
    {
        if (completion is not { ContentTokenLogProbabilities: { Count: > 0 } tokens })
        {
            return null;
        }

        int[] ids = [.. tokens.Select(token => token.Token).Where(text => text.StartsWith(IdPrefix,
            StringComparison.Ordinal)).Select(text => int.TryParse(
                text.AsSpan(IdPrefix.Length), CultureInfo.InvariantCulture, out int id) ? id : -1)];
        return new SampledTokens(
            [], ids.Length == tokens.Count && !ids.Contains(-1) ? ids : [],
            [.. tokens.Select(token => (double)token.LogProbability)]);
    }

    /// <summary>A tool's output inside a text template cannot end its own frame.</summary>
    internal static string Defuse(string text) => text
        .Replace("<|im_", "<\u200b|im_", StringComparison.Ordinal)
        .Replace("tool_response>", "tool_response\u200b>", StringComparison.Ordinal);
}
