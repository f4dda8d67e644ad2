using System.Text.Json;
using Aurelian.Training;
using Aurelian.Training.Tokens;

namespace Aurelian.TrainingTests.Tokens;

public sealed class TextTokenizerTests
{
    private static readonly Lazy<TextTokenizer> Qwen = new(() =>
        TokenizerFile.ReadFolder(Reference.At("tokenizer")));

    [Fact]
    public void Ids_are_the_references_with_and_without_added_tokens()
    {
        string file = Reference.At("text", "token-ids.jsonl");
        int lines = 0;
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            string text = document.RootElement.GetProperty("text").GetString()!;

            Assert.Equal(Numbers(document, "ids"), Qwen.Value.Encode(text));
            Assert.Equal(Numbers(document, "idsAsPlainText"), Qwen.Value.EncodePlain(text));
            Assert.Equal(text.Normalize(), Qwen.Value.Decode(Qwen.Value.EncodePlain(text)));
            lines++;
        }

        Assert.True(lines > 100);
    }

    [Fact]
    public void Special_tokens_are_left_out_for_people_and_tool_calls_are_not()
    {
        List<int> ids = Qwen.Value.Encode("<|im_start|>assistant\n<tool_call>{}</tool_call><|im_end|>");

        Assert.Equal("assistant\n<tool_call>{}</tool_call>", Qwen.Value.Decode(ids, skipSpecial: true));
        Assert.Equal([151644, 77091, 198, 151657, 6257, 151658, 151645], ids);
    }

    [Theory]
    [InlineData("it's I'LL 'x", "it|'s| I|'LL| '|x")]
    [InlineData("a1234 b", "a|1|2|3|4| b")]
    [InlineData("x  y\n\n  z", "x| | y|\n\n| | z")]
    [InlineData("end   ", "end|   ")]
    [InlineData("a...\r\nb", "a|...\r\n|b")]
    [InlineData("\u00a0word", "\u00a0word")]
    [InlineData("\ud835\udc00\ud835\udc01\ud83d\udc4d", "\ud835\udc00\ud835\udc01|\ud83d\udc4d")]
    [InlineData("we'\u017f", "we|'\u017f")]
    public void A_text_is_parted_as_qwens_pattern_says(string text, string pieces) => Assert.Equal(
        pieces,
        string.Join('|', QwenPreTokenizer.Split(text).Select(piece => text.Substring(piece.Offset, piece.Length))));

    [Theory]
    [InlineData("\"NFC\"", "\"NFKC\"", "normalizer")]
    [InlineData("\\\\p{N}|", "\\\\p{N}{1,3}|", "pre_tokenizer")]
    [InlineData("\"BPE\"", "\"WordPiece\"", "model")]
    [InlineData("\"lstrip\": false", "\"lstrip\": true", "lstrip")]
    [InlineData("\"ignore_merges\": false", "\"ignore_merges\": true", "ignore_merges")]
    [InlineData("\"byte_fallback\": false", "\"byte_fallback\": true", "byte_fallback")]
    public void What_a_tokenizer_asks_for_and_is_not_done_is_refused_by_name(string from, string to, string name)
    {
        using TemporaryFolder folder = new();
        TokenizerParts parts = BpeTrainer.Train(["some words, some words"], 270, [("<|end|>", true)]);
        TokenizerWriter.Write(folder.Path, parts, "<|end|>", null);
        string file = folder.File("tokenizer.json");
        string json = File.ReadAllText(file);
        Assert.Contains(from, json, StringComparison.Ordinal);
        File.WriteAllText(file, json.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(name, Assert.Throws<TrainingException>(() => TokenizerFile.Read(file)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_said_to_be_broken()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("tokenizer.json"), "{\"model\": 3}");
        File.WriteAllText(folder.File("tokenizer.json.gz"), "no gzip");

        Assert.Contains("not understood", Assert.Throws<TrainingException>(
            () => TokenizerFile.Read(folder.File("tokenizer.json"))).Message, StringComparison.Ordinal);
        Assert.Contains("not understood", Assert.Throws<TrainingException>(
            () => TokenizerFile.Read(folder.File("tokenizer.json.gz"))).Message, StringComparison.Ordinal);
    }

    private static int[] Numbers(JsonDocument document, string name) =>
        [.. document.RootElement.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
