using Aurelian.Training.Engines.Tinker;
using Aurelian.Training.Jobs;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Rollouts;
using Aurelian.TrainingTests.Learning;
using Aurelian.TrainingTests.Serving;

namespace Aurelian.TrainingTests.Engines;

/// <summary>The trainer's tiny model behind a server, and engines over it.</summary>
internal sealed class TinkerRig : IAsyncDisposable
{
    private readonly TemporaryFolder _tokenizer = new();
    private readonly ServedRig _served;

    private TinkerRig(ServedRig served)
    {
        _served = served;
        ChatTokens.Learn(["say nothing"], 290).Save(_tokenizer.File("tokens"));
    }

    internal ServedRig Served => _served;

    internal static async Task<TinkerRig> StartAsync(TrainingJob job, string? token = null)
    {
        Torch.Load();
        using Qwen3MoeModel model = TrainerRig.Model(job);
        return new TinkerRig(await ServedRig.StartAsync(model, token: token));
    }

    /// <param name="front">What stands before the server; null: nothing.</param>
    internal Task<TinkerEngine> OpenAsync(
        TrainingJob job, Uri? front = null, Func<TinkerSettings, TinkerSettings>? change = null)
    {
        TinkerSettings settings = Settings(_served, _tokenizer.File("tokens")) with { Url = front ?? _served.Address };
        return TinkerEngine.OpenAsync(
            job, change?.Invoke(settings) ?? settings, new AdamWSettings(), null, TimeProvider.System,
            TestContext.Current.CancellationToken);
    }

    internal static TinkerSettings Settings(ServedRig rig, string tokenizer) => new(
        rig.Address, "tiny", tokenizer, null, 0, TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(100),
        TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        await _served.DisposeAsync();
        _tokenizer.Dispose();
    }
}
