using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Aurelian.Training;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Commands;
using Aurelian.Training.Model;
using Aurelian.Training.Syntax;
using Aurelian.Training.Tokens;
using Aurelian.TrainingTests.Model;

namespace Aurelian.TrainingTests.Commands;

public sealed class GenerateActionTests
{
    private const string Template =
        "{% for m in messages %}{{ m.role }}:{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}>{% endif %}";

    [Fact]
    public void Prompts_are_continued_the_same_alone_and_together_and_by_the_same_seed()
    {
        using TemporaryFolder folder = Folder();

        string[] together = Lines(folder, "--prompt", "one", "--prompt", "another", "--tokens", "12", "--seed", "3");
        string[] alone = Lines(folder, "--prompt", "one", "--tokens", "12", "--seed", "3");
        string[] other = Lines(folder, "--prompt", "one", "--tokens", "12", "--seed", "4");

        Assert.Equal(Ids(together[0]), Ids(alone[0]));
        Assert.NotEqual(Ids(alone[0]), Ids(other[0]));
    }

    private static int[] Ids(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return [.. document.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
    }

    [Fact]
    public void A_line_of_json_has_ids_log_probabilities_and_why_the_text_ended()
    {
        using TemporaryFolder folder = Folder();

        using JsonDocument line = JsonDocument.Parse(Assert.Single(Lines(
            folder, "--prompt", "hi", "--chat", "--system", "Brief.", "--tokens", "5", "--temperature", "0")));

        Assert.Equal(5, line.RootElement.GetProperty("ids").GetArrayLength());
        Assert.All(line.RootElement.GetProperty("logProbs").EnumerateArray(), one => Assert.True(one.GetDouble() < 0));
        Assert.Equal("length", line.RootElement.GetProperty("finish").GetString());
        Assert.Equal("system:Brief.\nuser:hi\n>".Length, line.RootElement.GetProperty("promptIds").GetArrayLength());
    }

    [Fact]
    public void A_stop_text_ends_a_text_wherever_tokens_part_it()
    {
        using TemporaryFolder folder = Folder();
        string[] arguments = ["--prompt", "ab", "--tokens", "30", "--seed", "2"];
        using JsonDocument free = JsonDocument.Parse(Lines(folder, arguments)[0]);
        string text = free.RootElement.GetProperty("text").GetString()!;
        int at = Enumerable.Range(5, 20).First(i => char.IsAscii(text[i]) && char.IsAscii(text[i + 1]));

        using JsonDocument stopped = JsonDocument.Parse(
            Lines(folder, [.. arguments, "--stop", text.Substring(at, 2)])[0]);

        Assert.Equal("stop", stopped.RootElement.GetProperty("finish").GetString());
        Assert.EndsWith(text.Substring(at, 2), stopped.RootElement.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("--temperature", "-1", "temperature")]
    [InlineData("--top-p", "0", "top-p")]
    [InlineData("--tokens", "0", "new tokens")]
    [InlineData("--prompt", "", "empty")]
    [InlineData("--adapter", "nowhere", "adapter_config.json")]
    public void Bad_input_is_named(string option, string value, string what)
    {
        using TemporaryFolder folder = Folder();
        string[] prompt = option == "--prompt" ? [] : ["--prompt", "x"];

        Assert.Contains(what, Assert.Throws<TrainingException>(
            () => Lines(folder, [.. prompt, option, value])).Message, StringComparison.Ordinal);
    }

    private static TemporaryFolder Folder()
    {
        TemporaryFolder folder = new();
        TokenizerWriter.Write(
            folder.Path, BpeTrainer.Train(["x"], 257, [("<|end|>", true)]), "<|end|>", Template);
        using Qwen3MoeModel model = TinyModels.New(TinyModels.Config with { VocabularySize = 257 });
        ModelFolder.Save(model, folder.Path);
        return folder;
    }

    private static string[] Lines(TemporaryFolder folder, params string[] arguments)
    {
        GenerateSyntax syntax = new();
        ParseResult parsed = syntax.Command.Parse([folder.Path, .. arguments, "--threads", "1", "--format", "json"]);
        Assert.Empty(parsed.Errors);
        using StringWriter output = new(CultureInfo.InvariantCulture);
        GenerateAction.Run(syntax, parsed, TextReader.Null, output, TestContext.Current.CancellationToken);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
