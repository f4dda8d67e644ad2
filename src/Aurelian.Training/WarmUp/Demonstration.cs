using System.Text.Json;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.WarmUp;

/// <param name="Command">What the expert ran.</param>
/// <param name="Output">What it was answered.</param>
/// <param name="Erred">Left out of the loss: the turn was a mistake that its own author saw.</param>
internal sealed record DemonstratedTurn(string Command, string Output, bool Erred = false);

/// <param name="Kind"><c>right</c>, <c>wrong</c> or <c>abuse</c>; for counting alone.</param>
internal sealed record Demonstration(string Kind, string Instruction, IReadOnlyList<DemonstratedTurn> Turns)
{
    private const string LastWord = "done";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    internal static IReadOnlyList<Demonstration> Read(string file)
    {
        List<Demonstration> read = [];
        List<string> mistakes = [];
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            try
            {
                Demonstration? one = JsonSerializer.Deserialize<Demonstration>(line, Options);
                if (one is { Instruction.Length: > 0, Turns.Count: > 0 })
                {
                    read.Add(one);
                    continue;
                }

                mistakes.Add($"{file}:{number}: needs \"instruction\" and \"turns\"");
            }
            catch (JsonException exception)
            {
                mistakes.Add($"{file}:{number}: is no demonstration: {exception.Message}");
            }
        }

        return mistakes.Count > 0 ? throw TrainingException.BadInput(mistakes) : read;
    }

    /// <summary>The conversation's ids, and the stretches that the expert spoke.</summary>
    internal (int[] Ids, TokenChunk[] Chunks, bool[] Keep) Frame(ChatFrame frame)
    {
        List<int> ids = [.. frame.Open(Instruction)];
        List<TokenChunk> chunks = [];
        foreach (DemonstratedTurn turn in Turns)
        {
            int[] call = frame.Call(turn.Command);
            chunks.Add(new TokenChunk(ids.Count, call.Length));
            ids.AddRange(call);
            ids.AddRange(frame.Answer(ended: true, turn.Output));
        }

        int[] last = frame.Say(LastWord);
        chunks.Add(new TokenChunk(ids.Count, last.Length));
        ids.AddRange(last);
        return ([.. ids], [.. chunks], [.. Turns.Select(turn => !turn.Erred), true]);
    }

    /// <summary>Everything that a small vocabulary is learnt from.</summary>
    internal IEnumerable<string> Texts() =>
    [
        Instruction,
        .. Turns.Select(turn => ChatFrame.CallText(turn.Command)),
        .. Turns.Select(turn => turn.Output),
        LastWord, "user\n", "assistant\n",
    ];
}
