using Aurelian.Training;
using Aurelian.Training.Tokens;
using CsCheck;

namespace Aurelian.TrainingTests.Tokens;

public sealed class BpeTrainerTests
{
    private static readonly (string Text, bool Special)[] Added = [("<|im_end|>", true), ("<tool_call>", false)];

    private static readonly string[] Texts =
        ["low lower lowest", "new newer newest wider", "ls -la | grep low\n", "échec ééé 漢字", "<|im_end|>low"];

    [Fact]
    public void Any_text_comes_back_from_its_ids_and_from_the_written_file()
    {
        using TemporaryFolder folder = new();
        TextTokenizer trained = new(BpeTrainer.Train(Texts, 300, Added));
        TokenizerWriter.Write(folder.Path, trained.Parts, "<|im_end|>", null);
        TextTokenizer read = TokenizerFile.ReadFolder(folder.Path);

        Gen<char> letters = Gen.OneOf(
            Gen.Char['\u0000', '\u04ff'], Gen.Char['\u3040', '\u30ff'], Gen.Char["<|im_end>\n "]);
        Gen.String[letters, 0, 40].Sample(text =>
        {
            string normal = text.Normalize();
            Assert.Equal(normal, trained.Decode(trained.EncodePlain(text)));
            Assert.Equal(trained.Encode(text), read.Encode(text));
            Assert.All(trained.Encode(text), id => Assert.InRange(id, 0, trained.Size - 1));
        }, iter: 500);
    }

    [Fact]
    public void Frequent_words_become_one_token_and_added_tokens_stay_whole()
    {
        TextTokenizer tokenizer = new(BpeTrainer.Train([.. Enumerable.Repeat("grep the pool", 5)], 270, Added));

        Assert.Single(tokenizer.Encode("grep"));
        int call = tokenizer.Added.Find("<tool_call>")!.Id;
        Assert.Equal([call, .. tokenizer.Encode("grep")], tokenizer.Encode("<tool_call>grep"));
        Assert.True(tokenizer.EncodePlain("<tool_call>").Count > 1);
    }

    [Fact]
    public void The_most_frequent_pair_is_merged_first_and_the_same_texts_give_the_same_vocabulary()
    {
        TokenizerParts parts = BpeTrainer.Train(["ababab ab cd"], 260, []);

        Assert.Equal(("a", "b"), parts.Merges[0]);
        Assert.Equal(parts.Merges, BpeTrainer.Train(["ababab ab cd"], 260, []).Merges);
    }

    [Fact]
    public void A_vocabulary_too_small_for_all_bytes_is_refused() =>
        Assert.Throws<TrainingException>(() => BpeTrainer.Train(Texts, 257, Added));
}
