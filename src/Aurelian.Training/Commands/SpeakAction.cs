using System.Text.Json;
using Aurelian.Agents;
using Aurelian.Training.Experiments;
using Aurelian.Training.Learning;
using Aurelian.Training.Model;
using Aurelian.Training.Native;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Commands;

/// <summary><c>speak</c>: one episode's policy over standard input and output.</summary>
internal static class SpeakAction
{
    private const int TokensPerTurn = 256;

    internal static async Task<int> RunAsync(
        string folder, int seed, TextReader input, TextWriter output, TimeProvider time,
        CancellationToken cancellationToken)
    {
        TorchLibrary.Load(threads: 1);
        using StartingModel start = StartingModel.Load(folder);
        await using BatchSampler sampler = new(new Qwen3MoeModel(start.Model.Config), 1, start.Tokens.End, time);
        sampler.Load(start.Model, 0);
        int context = start.Model.Config.PositionsMax;
        TokenPolicy policy = new(
            new ChatFrame(start.Tokens), sampler, Seeds.For(seed, "speak"), Math.Min(TokensPerTurn, context / 4),
            context);
        while (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            LocalAnswer answer = await AnswerAsync(policy, line, cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync(JsonSerializer.Serialize(answer)).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    private static async Task<LocalAnswer> AnswerAsync(
        TokenPolicy policy, string line, CancellationToken cancellationToken)
    {
        try
        {
            AgentMessage[] conversation = JsonSerializer.Deserialize<AgentMessage[]>(line) ?? [];
            if (conversation.Length == 0)
            {
                return new LocalAnswer("", [], [], "an empty conversation");
            }

            AgentTurn turn = await policy.NextAsync(conversation, cancellationToken).ConfigureAwait(false);
            return new LocalAnswer(
                turn.Written ?? turn.Text, [.. turn.Tokens?.Ids ?? []], [.. turn.Tokens?.LogProbs ?? []]);
        }
        catch (Exception exception) when (exception is JsonException or TrainingException)
        {
            return new LocalAnswer("", [], [], exception.Message);
        }
    }
}
