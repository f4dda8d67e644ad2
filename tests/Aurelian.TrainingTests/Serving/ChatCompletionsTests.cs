using System.Net;
using System.Text.Json.Nodes;
using Aurelian.Training.Model;
using Aurelian.Training.Rollouts;
using Aurelian.TrainingTests.Model;

namespace Aurelian.TrainingTests.Serving;

public sealed class ChatCompletionsTests
{
    [Fact]
    public async Task A_conversation_is_continued_with_log_probs_and_counts()
    {
        await using ServedRig rig = await StartAsync();
        (HttpStatusCode status, JsonNode answer) = await rig.PostAsync("v1/chat/completions", new
        {
            model = "tiny", messages = new[] { new { role = "user", content = "say <|im_end|> now" } }, max_tokens = 6,
            seed = 2, logprobs = true,
        });
        Assert.Equal(HttpStatusCode.OK, status);
        int tokens = (int)answer["usage"]!["completion_tokens"]!;
        Assert.InRange(tokens, 1, 6);
        JsonArray scores = answer["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        Assert.Equal(tokens, scores.Count);
        Assert.All(scores, score => Assert.True((double)score!["logprob"]! <= 0));
        Assert.Equal("assistant", (string?)answer["choices"]![0]!["message"]!["role"]);
    }

    [Fact]
    public async Task A_stream_ends_as_clients_expect()
    {
        await using ServedRig rig = await StartAsync();
        (HttpStatusCode status, JsonNode answer) = await rig.PostAsync("v1/chat/completions", new
        {
            messages = new[] { new { role = "user", content = "hello" } }, max_tokens = 4, stream = true,
        });
        Assert.Equal(HttpStatusCode.OK, status);
        string text = (string)answer!;
        Assert.StartsWith("data: {", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_model_s_name_is_refused()
    {
        await using ServedRig rig = await StartAsync();
        (HttpStatusCode status, JsonNode answer) = await rig.PostAsync("v1/chat/completions", new
        {
            model = "large", messages = new[] { new { role = "user", content = "hello" } },
        });
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("'tiny'", (string?)answer["error"], StringComparison.Ordinal);
    }

    private static async Task<ServedRig> StartAsync()
    {
        ChatTokens tokens = ChatTokens.Learn(["say hello now and then", "hello, hello"], 290);
        using Qwen3MoeModel model = TinyModels.New(TinyModels.Config with { VocabularySize = tokens.Count });
        return await ServedRig.StartAsync(model, tokens.Save);
    }
}
