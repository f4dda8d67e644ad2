using System.CommandLine;
using System.Text.Json;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Generation;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Native;
using Aurelian.Training.Syntax;
using Aurelian.Training.Templates;
using Aurelian.Training.Tokens;

namespace Aurelian.Training.Commands;

/// <summary><c>generate</c>.</summary>
internal static class GenerateAction
{
    private static readonly JsonSerializerOptions OneLine = new(JsonText.Indented) { WriteIndented = false };

    internal static int Run(
        GenerateSyntax syntax, ParseResult parsed, TextReader input, TextWriter output,
        CancellationToken cancellationToken)
    {
        string folder = parsed.GetValue(syntax.Folder)!;
        GenerationOptions options = new()
        {
            NewTokensMax = parsed.GetValue(syntax.Tokens),
            Temperature = parsed.GetValue(syntax.Temperature),
            TopP = parsed.GetValue(syntax.TopP),
            TopK = parsed.GetValue(syntax.TopK),
        };
        string[] mistakes = [.. options.Mistakes()];
        if (mistakes.Length > 0)
        {
            throw TrainingException.BadInput(mistakes);
        }

        TextTokenizer tokenizer = TokenizerFile.ReadFolder(folder);
        string[] prompts = parsed.GetValue(syntax.Prompt) is { Length: > 0 } given ? given : [input.ReadToEnd()];
        ChatTemplate? template = parsed.GetValue(syntax.Chat) ? TemplateOf(folder) : null;
        int[][] ids = [.. prompts.Select(prompt =>
            Ids(prompt, parsed.GetValue(syntax.System), tokenizer, template))];
        TorchLibrary.Load(parsed.GetValue(syntax.Threads));
        using Qwen3MoeModel model = ModelFolder.Load(folder);
        RefuseUnknown(ids, tokenizer, model);
        using LoraAdapter? adapter = parsed.GetValue(syntax.Adapter) is { } path
            ? AdapterFolder.Load(path, model.Config) : null;
        model.Adapter = adapter;
        string[] stops = parsed.GetValue(syntax.Stop) ?? [];
        options = options with
        {
            StopTokens = StopTokens.Of(folder, model.Config, tokenizer),
            StopWhen = stops.Length == 0 ? null : new StopTexts(tokenizer, stops).EndsIn,
        };
        IReadOnlyList<Continuation> texts = TextGenerator.Generate(
            model, ids, options, parsed.GetValue(syntax.Seed), cancellationToken);
        bool json = parsed.GetValue(syntax.Format) == "json";
        for (int i = 0; i < texts.Count; i++)
        {
            output.WriteLine(json ? Json(prompts[i], ids[i], texts[i], tokenizer) : Text(texts[i], tokenizer));
        }

        return ExitCodes.Done;
    }

    private static ChatTemplate TemplateOf(string folder) => ChatTemplate.ReadFolder(folder)
        ?? throw TrainingException.BadInput($"{folder}: has no chat template, so --chat cannot be used");

    private static int[] Ids(string prompt, string? system, TextTokenizer tokenizer, ChatTemplate? template)
    {
        if (template is null)
        {
            return [.. tokenizer.Encode(prompt)];
        }

        List<object?> messages = [];
        if (system is not null)
        {
            messages.Add(Message("system", system));
        }

        messages.Add(Message("user", prompt));
        return [.. new ChatEncoder(tokenizer, template).EncodeTrusting(new Dictionary<string, object?>
        {
            ["messages"] = messages, ["tools"] = null, ["add_generation_prompt"] = true,
        })];
    }

    private static OrderedDictionary<string, object?> Message(string role, string content) =>
        new(StringComparer.Ordinal) { ["role"] = role, ["content"] = content };

    private static void RefuseUnknown(int[][] prompts, TextTokenizer tokenizer, Qwen3MoeModel model)
    {
        if (prompts.Any(prompt => prompt.Length == 0))
        {
            throw TrainingException.BadInput("a prompt is empty: give at least one letter to continue");
        }

        if (prompts.Any(prompt => prompt.Max() >= model.Config.VocabularySize))
        {
            throw TrainingException.BadInput(
                $"the tokenizer has {tokenizer.Size} tokens and the model {model.Config.VocabularySize}: they do not "
                + "belong together");
        }

        if (prompts.FirstOrDefault(prompt => prompt.Length >= model.Config.PositionsMax) is { } longest)
        {
            throw TrainingException.BadInput(
                $"a prompt has {longest.Length} tokens and the model takes {model.Config.PositionsMax}: shorten it");
        }
    }

    private static string Text(Continuation text, TextTokenizer tokenizer) =>
        tokenizer.Decode(text.Tokens.Select(token => token.Id), skipSpecial: true);

    private static string Json(string prompt, int[] promptIds, Continuation text, TextTokenizer tokenizer) =>
        JsonSerializer.Serialize(
            new
            {
                prompt,
                promptIds,
                text = Text(text, tokenizer),
                ids = text.Tokens.Select(token => token.Id),
                logProbs = text.Tokens.Select(token => token.LogProbability),
                finish = text.Finish.ToString().ToLowerInvariant(),
            },
            OneLine);
}
