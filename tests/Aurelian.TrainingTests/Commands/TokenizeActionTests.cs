using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Aurelian.Training;
using Aurelian.Training.Commands;
using Aurelian.Training.Tokens;

namespace Aurelian.TrainingTests.Commands;

public sealed class TokenizeActionTests
{
    private const string Template = "{% for m in messages %}[{{ m.content }}]{% endfor %}{{ '!' if bang }}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Texts_and_talks_are_answered_line_by_line_packed_or_not(bool packed)
    {
        string[] answers = Run("""
            {"text": "ab<|end|>"}

            {"messages": [{"role": "user", "content": "a"}], "options": {"bang": true}}
            """, packed).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        using JsonDocument text = JsonDocument.Parse(answers[0]);
        using JsonDocument talk = JsonDocument.Parse(answers[1]);
        Assert.Equal(3, text.RootElement.GetProperty("ids").GetArrayLength());
        Assert.Equal(9, text.RootElement.GetProperty("idsAsPlainText").GetArrayLength());
        Assert.Equal("[a]!", talk.RootElement.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("{\"text\": \"a\"}\n{\"text\": 3}", "line 2")]
    [InlineData("no JSON", "line 1")]
    [InlineData("{\"text\": \"\\ud800\"}", "line 1")]
    [InlineData("[]", "line 1")]
    public void A_line_that_is_not_understood_is_named(string input, string what) => Assert.Contains(
        what, Assert.Throws<TrainingException>(() => Run(input, packed: false)).Message, StringComparison.Ordinal);

    private static string Run(string input, bool packed)
    {
        using TemporaryFolder folder = new();
        TokenizerWriter.Write(
            folder.Path, BpeTrainer.Train(["x"], 257, [("<|end|>", true)]), "<|end|>", Template);
        using MemoryStream stream = new(packed ? Packed(input) : Encoding.UTF8.GetBytes(input));
        using StringWriter output = new(CultureInfo.InvariantCulture);
        TokenizeAction.Run(folder.Path, null, stream, output);
        return output.ToString();
    }

    private static byte[] Packed(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionMode.Compress))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
