using System.Text;
using Aurelian.Training.Tokens;

namespace Aurelian.Training.Templates;

/// <summary>
/// A talk to token ids: the template renders it, and added tokens are recognised in what the template and the model
/// wrote but not in what came from a sandbox.
/// </summary>
/// <remarks>
/// Covers a tool result that contains <c>&lt;|im_end|&gt;</c>, <c>&lt;/tool_response&gt;</c> or any other added token:
/// it stays plain text. Does not cover a template that itself puts half of an added token before a result.
/// </remarks>
internal sealed class ChatEncoder(TextTokenizer tokenizer, ChatTemplate template)
{
    /// <summary>A Unicode noncharacter, which no text that is exchanged may contain.</summary>
    private const char Guard = '\ufdd0';

    /// <summary>The rendered talk, added tokens recognised everywhere: what the reference computes.</summary>
    internal List<int> EncodeTrusting(IReadOnlyDictionary<string, object?> variables) =>
        tokenizer.Encode(template.Render(variables));

    /// <summary>The rendered talk with no added token recognised in messages of the given roles.</summary>
    internal List<int> Encode(
        IReadOnlyDictionary<string, object?> variables, params IReadOnlyList<string> untrustedRoles)
    {
        Dictionary<string, object?> guarded = new(variables, StringComparer.Ordinal);
        if (variables.GetValueOrDefault("messages") is List<object?> messages)
        {
            guarded["messages"] = new List<object?>(messages.Select(message =>
                message is OrderedDictionary<string, object?> map && map.GetValueOrDefault("role") is string role
                    && untrustedRoles.Contains(role) ? Guarded(map) : message));
        }

        string text = template.Render(guarded);
        List<int> ids = [];
        int at = 0;
        while (tokenizer.Added.Next(text, at) is { } next)
        {
            tokenizer.AppendPlain(Unguarded(text[at..next.At]), ids);
            ids.Add(next.Token.Id);
            at = next.At + next.Token.Text.Length;
        }

        tokenizer.AppendPlain(Unguarded(text[at..]), ids);
        return ids;
    }

    private object? Guarded(object? value)
    {
        switch (value)
        {
            case string text:
                StringBuilder guarded = new(text.Length);
                foreach (char letter in text)
                {
                    guarded.Append(letter == Guard ? '\ufffd' : letter);
                    if (tokenizer.Added.CanStart(letter))
                    {
                        guarded.Append(Guard);
                    }
                }

                return guarded.ToString();
            case List<object?> list: return new List<object?>(list.Select(Guarded));
            case OrderedDictionary<string, object?> map:
                OrderedDictionary<string, object?> copy = new(StringComparer.Ordinal);
                foreach ((string key, object? entry) in map)
                {
                    copy[key] = Guarded(entry);
                }

                return copy;
            default: return value;
        }
    }

    private static string Unguarded(string text) => text.Replace(Guard.ToString(), "", StringComparison.Ordinal);
}
