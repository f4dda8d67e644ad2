using Aurelian.Training.Tokens;

namespace Aurelian.Training.Rollouts;

/// <summary>A model folder's tokenizer as frames need it.</summary>
internal sealed class ChatTokens : IChatTokens
{
    private const string EndText = "<|im_end|>";

    /// <summary>As Qwen's: some are special, those of tool calls are not.</summary>
    private static readonly (string Text, bool Special)[] Added =
    [
        ("<|endoftext|>", true), ("<|im_start|>", true), (EndText, true), ("<tool_call>", false),
        ("</tool_call>", false), ("<tool_response>", false), ("</tool_response>", false),
    ];

    /// <summary>What <see cref="ChatFrame"/> puts together, for other programs.</summary>
    private const string Template = """
        {%- for message in messages -%}
        {%- if message.role == 'tool' -%}
        {{- '<|im_start|>user\n<tool_response>\n' + message.content + '\n</tool_response><|im_end|>\n' -}}
        {%- else -%}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' -}}
        {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}
        """;

    private readonly TextTokenizer _tokenizer;

    private ChatTokens(TextTokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        End = tokenizer.Added.Find(EndText)?.Id ?? throw TrainingException.BadInput(
            $"the tokenizer has no {EndText}: agents are trained on ChatML conversations");
    }

    public int End { get; }

    internal int Count => _tokenizer.Size;

    internal static ChatTokens Load(string folder) => new(TokenizerFile.ReadFolder(folder));

    internal static ChatTokens Learn(IEnumerable<string> texts, int size) =>
        new(new TextTokenizer(BpeTrainer.Train(texts, size, Added)));

    public int[] EncodePlain(string text) => [.. _tokenizer.EncodePlain(text)];

    public int[] EncodeFrame(string text) => [.. _tokenizer.Encode(text)];

    public string Decode(IReadOnlyList<int> ids) => _tokenizer.Decode(ids);

    internal void Save(string folder) => TokenizerWriter.Write(folder, _tokenizer.Parts, EndText, Template);
}
