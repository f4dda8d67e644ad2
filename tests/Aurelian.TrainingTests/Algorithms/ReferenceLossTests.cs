using System.Text.Json;
using Aurelian.Training.Algorithms;
using Aurelian.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Aurelian.TrainingTests.Algorithms;

/// <summary>Against losses and gradients of the reference implementation, in double, within 1e-9.</summary>
public sealed class ReferenceLossTests
{
    private const double Tolerance = 1e-9;

    private static readonly string File = FindFile();

    public static TheoryData<string> Losses =>
    [
        "reinforce_token_mean", "grpo_token_mean", "grpo_sequence_mean", "gspo", "ipa_signed", "ipa_centred",
    ];

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_and_its_gradient_are_the_references(string name)
    {
        using JsonDocument document = Read();
        JsonElement root = document.RootElement;
        double clip = root.GetProperty("clip").GetDouble();
        IpaSettings ipa = new(root.GetProperty("gamma").GetDouble(), root.GetProperty("H").GetDouble());
        double[] advantages = Advantage(root, name);
        LossEpisode[] episodes = [.. root.GetProperty("episodes").EnumerateArray()
            .Select((episode, index) => ToEpisode(episode, advantages[index]))];

        using Tensor loss = name switch
        {
            "reinforce_token_mean" => PolicyLosses.Reinforce(episodes),
            "grpo_token_mean" => PolicyLosses.GrpoTokenMean(episodes, clip),
            "grpo_sequence_mean" => PolicyLosses.GrpoSequenceMean(episodes, clip),
            "gspo" => PolicyLosses.Gspo(episodes),
            _ => Ipa.Loss(episodes, ipa),
        };
        loss.backward();

        JsonElement expected = root.GetProperty(name);
        Assert.Equal(expected.GetProperty("loss").GetDouble(), loss.item<double>(), Tolerance);
        foreach ((LossEpisode episode, JsonElement gradient) in episodes.Zip(
            expected.GetProperty("grad").EnumerateArray()))
        {
            double[] wanted = Numbers(gradient);
            double[] got = episode.New.grad!.data<double>().ToArray();
            Assert.All(wanted.Zip(got), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }

    [Theory]
    [InlineData("advantage")]
    [InlineData("centred")]
    public void Advantages_are_the_references(string name)
    {
        using JsonDocument document = Read();
        double[] wanted = Numbers(document.RootElement.GetProperty(name));

        double[] got = OverGroups(
            document.RootElement, name == "advantage" ? Advantages.Normalise : Advantages.Centre);

        Assert.All(wanted.Zip(got), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private static JsonDocument Read()
    {
        Assert.SkipUnless(System.IO.File.Exists(File), $"{File} is not here");
        TorchLibrary.Load(threads: 1);
        return JsonDocument.Parse(System.IO.File.ReadAllText(File));
    }

    private static double[] Advantage(JsonElement root, string name) => name switch
    {
        "ipa_signed" => [.. Rewards(root).Select(reward => reward > 0 ? 1.0 : -1.0)],
        "reinforce_token_mean" or "ipa_centred" => OverGroups(root, Advantages.Centre),
        _ => OverGroups(root, Advantages.Normalise),
    };

    private static double[] OverGroups(JsonElement root, Func<IReadOnlyList<double>, double[]> advantages) =>
        [.. root.GetProperty("episodes").EnumerateArray()
            .GroupBy(episode => episode.GetProperty("group").GetInt32())
            .SelectMany(group => advantages([.. group.Select(each => each.GetProperty("reward").GetDouble())]))];

    private static string FindFile()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.GetFullPath(Path.Combine(folder?.FullName ?? ".", "..", "shared", "reference", "losses.json"));
    }

    private static IEnumerable<double> Rewards(JsonElement root) =>
        root.GetProperty("episodes").EnumerateArray().Select(each => each.GetProperty("reward").GetDouble());

    private static LossEpisode ToEpisode(JsonElement episode, double advantage) => new(
        tensor(Numbers(episode.GetProperty("new")), requires_grad: true),
        tensor(Numbers(episode.GetProperty("old"))), tensor(Numbers(episode.GetProperty("inference"))),
        [.. episode.GetProperty("chunks").EnumerateArray().Select(each => each.GetInt32())], advantage);

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(each => each.GetDouble())];
}
