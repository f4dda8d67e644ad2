using Aurelian.Training;
using Aurelian.Training.Jobs;
using Aurelian.Training.Rollouts;
using Aurelian.Training.WarmUp;

namespace Aurelian.TrainingTests.WarmUp;

public sealed class DemonstrationTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_demonstration_is_framed_as_the_policys_own_turns_are()
    {
        ChatTokens tokens = ChatTokens.Learn(["sort"], 280);
        Demonstration one = new("right", "Do it.", [new("ls", "a"), new("wc", "", Erred: true)]);

        (int[] ids, TokenChunk[] chunks, bool[] keep) = one.Frame(new ChatFrame(tokens));

        Assert.Equal([true, false, true], keep);
        Assert.Equal(3, chunks.Length);
        Assert.All(chunks, chunk => Assert.Equal(tokens.End, ids[chunk.Start + chunk.Length - 1]));
        Assert.Equal(["ls", "wc"], chunks.Take(2).Select(chunk => Agents.ToolCallText.Parse(
            tokens.Decode(ids[chunk.Start..(chunk.Start + chunk.Length - 1)])).Calls[0].Arguments["command"]));
    }

    [Fact]
    public void More_abuse_than_the_job_allows_is_refused_and_none_can_be_asked_for()
    {
        File.WriteAllLines(_file,
        [
            """{"kind":"right","instruction":"a","turns":[{"command":"ls","output":""}]}""",
            """{"kind":"abuse","instruction":"b","turns":[{"command":"x","output":""}]}""",
        ]);
        WarmStartSettings settings = new(_file, 1, 1, 1e-3, 0.05, false);

        Assert.Contains("abuse_max", Assert.Throws<TrainingException>(() => WarmStart.Choose(settings)).Message,
            StringComparison.Ordinal);
        Assert.Single(WarmStart.Choose(settings with { WithoutAbuse = true }));
    }

    [Fact]
    public void A_line_that_is_none_is_named()
    {
        File.WriteAllLines(_file, ["{\"kind\":\"right\"}", "no"]);

        string message = Assert.Throws<TrainingException>(() => Demonstration.Read(_file)).Message;

        Assert.Contains(":1:", message, StringComparison.Ordinal);
        Assert.Contains(":2:", message, StringComparison.Ordinal);
    }
}
