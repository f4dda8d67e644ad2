using System.Text.Encodings.Web;
using System.Text.Json;

namespace Aurelian.Training.Rollouts;

/// <summary>What a frame needs of a tokenizer.</summary>
internal interface IChatTokens
{
    /// <summary>With no added token recognised: text from outside cannot forge a frame.</summary>
    int[] EncodePlain(string text);

    /// <summary>With added tokens recognised: for our own frames only.</summary>
    int[] EncodeFrame(string text);

    string Decode(IReadOnlyList<int> ids);

    int End { get; }
}

/// <summary>
/// A conversation as ids, put together piece by piece: what was sampled stays as it was sampled, and only what comes
/// from outside is encoded. ChatML, with tool results as Qwen's templates frame them.
/// </summary>
internal sealed class ChatFrame(IChatTokens tokens)
{
    /// <summary>Of a tool's output in characters; ends tell more than middles.</summary>
    private const int OutputMax = 400;

    private readonly int[] _user = tokens.EncodeFrame("<|im_start|>user\n");
    private readonly int[] _assistant = tokens.EncodeFrame("<|im_end|>\n<|im_start|>assistant\n");
    private readonly int[] _result = tokens.EncodeFrame("\n<|im_start|>user\n<tool_response>\n");
    private readonly int[] _resultEnd = tokens.EncodeFrame("\n</tool_response><|im_end|>\n<|im_start|>assistant\n");

    internal int End => tokens.End;

    internal string Decode(IReadOnlyList<int> ids) => tokens.Decode(ids);

    /// <summary>Up to where the policy begins to speak.</summary>
    internal int[] Open(string instruction) => [.. _user, .. tokens.EncodePlain(instruction.Trim()), .. _assistant];

    /// <summary>A turn of the policy in its own form, ended: for demonstrations.</summary>
    internal int[] Call(string command) =>
        [.. tokens.EncodeFrame($"<tool_call>{CallText(command)}</tool_call>"), tokens.End];

    internal static string CallText(string command) =>
        $"\n{{\"name\": \"bash\", \"arguments\": {{\"command\": {JsonSerializer.Serialize(command, JsonOptions)}}}}}\n";

    internal int[] Say(string text) => [.. tokens.EncodePlain(text), tokens.End];

    /// <summary>Between two sampled turns: closes the one where it was cut off, and tells the tool's result.</summary>
    internal int[] Answer(bool ended, string output)
    {
        string text = output.Length <= OutputMax
            ? output
            : $"{output[..(OutputMax / 2)]}\n[…]\n{output[^(OutputMax / 2)..]}";
        return
        [
            .. ended ? [] : new[] { tokens.End }, .. _result, .. tokens.EncodePlain(text.Trim('\n')), .. _resultEnd,
        ];
    }

    private static JsonSerializerOptions JsonOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
