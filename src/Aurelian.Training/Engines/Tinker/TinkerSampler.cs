using System.Text.Json;
using Aurelian.Training.Rollouts;
using Aurelian.Training.Serving;

namespace Aurelian.Training.Engines.Tinker;

/// <summary>Samples on the server, from the weights that were last published.</summary>
/// <param name="end">The token that ends a turn.</param>
internal sealed class TinkerSampler(TinkerClient client, int end) : ISampler, IDisposable
{
    /// <summary>Requests at once: enough to fill a server's batch, few enough for its queue.</summary>
    private const int AtOnceMax = 64;

    private readonly SemaphoreSlim _places = new(AtOnceMax);
    private readonly JsonElement _stop = JsonSerializer.SerializeToElement(new[] { end });
    private volatile Session? _session;

    /// <param name="session">The server's name for a copy of the weights.</param>
    internal void Use(string session, int version) => _session = new Session(session, version);

    public async Task<Sample> SampleAsync(
        int[] context, int tokensMax, Random random, CancellationToken cancellationToken)
    {
        Session session = _session ?? throw new InvalidOperationException("Publish the weights first.");
        int seed = random.Next();
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            SamplesAnswer answer = await client.DoAsync<SamplesAnswer>("asample", new SampleRequest(
                new WirePrompt([new WireChunk(context)]), new SamplingRequest(tokensMax, seed, _stop),
                SamplingSessionId: session.Id, SeqId: session.Next()), cancellationToken).ConfigureAwait(false);
            return answer.Sequences is [{ Tokens: { Length: > 0 } ids, Logprobs: { } scores }]
                && scores.Length == ids.Length
                ? new Sample(ids, scores, session.Version)
                : throw new TrainingException(TrainingFailure.Engine,
                    "the engine's server sampled no token, or gave no log-probability for each: agents are trained on "
                    + "both");
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private sealed class Session(string id, int version)
    {
        private int _last;

        internal string Id => id;

        internal int Version => version;

        internal int Next() => Interlocked.Increment(ref _last);
    }
}
