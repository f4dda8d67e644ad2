using Aurelian.Agents;

namespace Aurelian.Training.Rollouts;

/// <summary>The model as an agent of one episode: samples ids after ids, and keeps them as sampled.</summary>
/// <param name="prefix">An expert's turns, spoken before the model's own.</param>
internal sealed class TokenPolicy(
    ChatFrame frame, ISampler sampler, Random random, int tokensPerTurn, int contextTokens,
    IReadOnlyList<string>? prefix = null) : IPolicyModel
{
    private readonly List<int> _ids = [];
    private readonly List<TokenChunk> _chunks = [];
    private readonly List<double> _logProbs = [];
    private readonly List<string> _commands = [];
    private bool _ended = true;
    private AgentTurn? _prepared;

    public string Name => "local:trainer";

    internal int Version { get; private set; } = int.MaxValue;

    internal int PrefixChunks { get; private set; }

    /// <summary>Samples the first turn before there is a sandbox: a whole step's are sampled together.</summary>
    internal async Task PrepareAsync(string instruction, CancellationToken cancellationToken) =>
        _prepared = await NextAsync([new AgentMessage(AgentRole.User, instruction)], cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask<AgentTurn> NextAsync(
        IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken)
    {
        if (_prepared is { } prepared)
        {
            _prepared = null;
            return prepared;
        }

        int[] heard = _ids.Count == 0
            ? frame.Open(conversation[0].Text)
            : frame.Answer(_ended, conversation[^1].Role == AgentRole.Tool ? conversation[^1].Text : "");
        if (_ids.Count + heard.Length >= contextTokens)
        {
            // What does not fit is not said: the episode ends with what it has.
            return new AgentTurn("", []);
        }

        _ids.AddRange(heard);
        if (PrefixChunks < (prefix?.Count ?? 0))
        {
            return Take(frame.Call(prefix![PrefixChunks++]), null);
        }

        int room = Math.Min(tokensPerTurn, contextTokens - _ids.Count);
        Sample sample = await sampler.SampleAsync([.. _ids], room, random, cancellationToken).ConfigureAwait(false);
        Version = Math.Min(Version, sample.Version);
        return Take(sample.Ids, sample.LogProbs);
    }

    /// <summary>The episode as a trajectory, with what came of it.</summary>
    internal Trajectory ToTrajectory(EpisodeOutcome outcome, string task, int step, int group) => new()
    {
        Episode = outcome.Episode, Task = task, Step = step, Group = group,
        Version = Version == int.MaxValue ? 0 : Version, Ids = [.. _ids], Chunks = [.. _chunks],
        LogProbs = [.. _logProbs], PrefixChunks = PrefixChunks, Commands = [.. _commands],
        StopReason = outcome.StopReason, Tests = outcome.Tests, Credits = outcome.Credits, Verdict = outcome.Verdict,
        Final = outcome.Final, Findings = outcome.Findings, Calls = outcome.Calls, CpuSeconds = outcome.CpuSeconds,
        Denied = outcome.Denied, Memoised = outcome.Memoised,
    };

    /// <param name="logProbs">Null: an expert's tokens, which nobody sampled.</param>
    private AgentTurn Take(int[] ids, double[]? logProbs)
    {
        _chunks.Add(new TokenChunk(_ids.Count, ids.Length));
        _logProbs.AddRange(logProbs ?? new double[ids.Length]);
        _ids.AddRange(ids);
        _ended = ids[^1] == frame.End;
        string text = frame.Decode(_ended ? ids[..^1] : ids);
        AgentTurn turn = ToolCallText.Parse(text) with
        {
            Written = text, TokenCount = ids.Length,
            Tokens = logProbs is null ? null : new SampledTokens([], ids, logProbs),
        };
        _commands.AddRange(turn.Calls.Where(call => call.Tool == "bash")
            .Select(call => call.Arguments.GetValueOrDefault("command", "")));
        return turn;
    }
}
