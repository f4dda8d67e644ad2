using System.Threading.Channels;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Generation;

namespace Aurelian.Training.Rollouts;

/// <summary>
/// Samples for all episodes that wait, together. Has weights of its own, so that rollouts go on while the trainer's are
/// being changed.
/// </summary>
internal sealed class BatchSampler : ISampler, IAsyncDisposable
{
    private const int WaitingMax = 4096;

    /// <summary>The first waits this long for company: sandboxes answer at different times.</summary>
    private static readonly TimeSpan Company = TimeSpan.FromMilliseconds(2);

    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(WaitingMax);
    private readonly Qwen3MoeModel _model;
    private readonly double _temperature;
    private readonly HashSet<int> _ends;
    private readonly TimeProvider _time;
    private readonly Lock _weights = new();
    private readonly Task _working;
    private int _version;

    /// <param name="model">The sampler's own from here on; disposed with it.</param>
    /// <param name="end">The token that ends a turn.</param>
    internal BatchSampler(Qwen3MoeModel model, double temperature, int end, TimeProvider time)
    {
        _model = model;
        _temperature = temperature;
        _ends = [end];
        _time = time;
        _working = Task.Run(WorkAsync);
    }

    /// <summary>Takes the trainer's weights over, between two tokens.</summary>
    internal void Load(Qwen3MoeModel from, int version)
    {
        lock (_weights)
        {
            using IDisposable noGradient = torch.no_grad();
            using DisposeScope scope = torch.NewDisposeScope();
            _model.Parameters.Weights.copy_(from.Parameters.Weights);
            _version = version;
        }
    }

    public async Task<Sample> SampleAsync(
        int[] context, int tokensMax, Random random, CancellationToken cancellationToken)
    {
        Request request = new(context, tokensMax, random);
        await _requests.Writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        return await request.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _working.ConfigureAwait(false);
        _model.Dispose();
    }

    private async Task WorkAsync()
    {
        while (await _requests.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await Task.Delay(Company, _time).ConfigureAwait(false);
            List<(Request Request, Task<Continuation> Text)> open = [];
            try
            {
                Generate(open);
            }
            catch (Exception exception)
            {
                // Each waits for its own answer: whoever asked hears of it.
                open.ForEach(each => each.Request.Done.TrySetException(exception));
            }
        }
    }

    /// <summary>Until nobody is left: others join between two tokens.</summary>
    private void Generate(List<(Request Request, Task<Continuation> Text)> open)
    {
        using TextGenerator generator = new(_model);
        do
        {
            lock (_weights)
            {
                Join(generator, open);
                generator.Step();
            }

            foreach ((Request request, Task<Continuation> text) in open.Where(each => each.Text.IsCompleted))
            {
                IReadOnlyList<SampledToken> tokens = text.GetAwaiter().GetResult().Tokens;
                request.Done.TrySetResult(new Sample(
                    [.. tokens.Select(token => token.Id)], [.. tokens.Select(token => token.SampledLogProbability)],
                    request.Version));
            }

            open.RemoveAll(each => each.Text.IsCompleted);
        }
        while (generator.Active > 0 || _requests.Reader.TryPeek(out _));
    }

    private void Join(TextGenerator generator, List<(Request Request, Task<Continuation> Text)> open)
    {
        List<Request> joining = [];
        while (_requests.Reader.TryRead(out Request? request))
        {
            request.Version = _version;
            joining.Add(request);
        }

        foreach (IGrouping<int, Request> alike in joining.GroupBy(each => each.TokensMax))
        {
            Request[] group = [.. alike];
            // Told of a failure too, should the first pass fail.
            open.AddRange(group.Select(each => (each, Never)));
            IReadOnlyList<Task<Continuation>> texts = generator.Add(
                [.. group.Select(each => (each.Context, each.Random))],
                new GenerationOptions
                {
                    NewTokensMax = alike.Key, Temperature = _temperature, StopTokens = _ends,
                });
            open.RemoveRange(open.Count - group.Length, group.Length);
            open.AddRange(group.Zip(texts));
        }
    }

    private static Task<Continuation> Never { get; } = new TaskCompletionSource<Continuation>().Task;

    private sealed record Request(int[] Context, int TokensMax, Random Random)
    {
        internal int Version { get; set; }

        internal TaskCompletionSource<Sample> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
