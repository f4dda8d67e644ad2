using Aurelian.Events;
using Aurelian.Investigation;
using Aurelian.UnitTests.Readers;

namespace Aurelian.UnitTests.Investigation.Evaluation;

public sealed class EvaluationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-evaluate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_found_missed_and_falsely_alarmed_is_counted_by_class()
    {
        Write("sub/miner.pcap", "mining.subscribe");
        Write("quiet-miner.pcap", "x");
        Write("honest.pcap", "y");
        Write("alarm.pcap", "mining.submit");
        EvaluationSummary summary = Evaluate(
            "miner.pcap\tmining\tclear", "quiet-miner.pcap\tmining\tsilent", "honest.pcap\tbenign\t",
            "alarm.pcap\tbenign\t", "absent.pcap\tscan\t");

        ClassFigures mining = Assert.Single(summary.Classes);
        Assert.Equal(("mining", 2, 1, 0.5), (mining.Label, mining.Files, mining.Found, mining.Recall));
        Assert.Equal((0.095, 0.905), (Math.Round(mining.Interval.Low, 3), Math.Round(mining.Interval.High, 3)));
        Assert.Equal((3.0, 36), (mining.MedianTimeToDetect!.Value.TotalSeconds, mining.MedianBytesLetThrough));
        Assert.Equal((2, 1, 0.5), (summary.HonestFiles, summary.HonestAlarmed, summary.Precision));
        Assert.Null(summary.Outcomes[4].File.Path);
        Assert.Equal([false, true, false, false, true], summary.Outcomes.Select(outcome => outcome.Missed));
        ClassCurve curve = Assert.Single(summary.Curves);
        Assert.Equal(("mining", 0.5), (curve.Label, curve.Area));
    }

    /// <summary>A DNS tunnel may be called a tunnel or exfiltration: it is one class, and one curve.</summary>
    [Fact]
    public void A_class_that_several_categories_meet_has_one_curve()
    {
        EvaluationSummary summary = EvaluationSummary.Of(
        [
            Outcome("tunnel", [Category.Tunnel, Category.Exfiltration], Category.Tunnel, 0.9),
            Outcome("tunnel", [Category.Tunnel, Category.Exfiltration], Category.Exfiltration, 0.9),
            Outcome("benign", [], Category.Tunnel, 0.2),
        ]);

        Assert.Equal(("tunnel", 1.0), Assert.Single(summary.Curves) is var curve ? (curve.Label, curve.Area) : default);
    }

    [Fact]
    public void Where_nothing_has_a_score_there_is_no_curve() => Assert.Empty(EvaluationSummary.Of(
        [Outcome("scan", [Category.Probing], Category.Mining, 0.9), Outcome("benign", [], Category.Mining, 0.9)])
        .Curves);

    private static FileOutcome Outcome(string label, Category[] metBy, Category scored, double score) => new()
    {
        File = new LabelledFile("x", "/x", label, "", metBy), FalseAlarms = [], Suspicions = 0,
        Scores = new Dictionary<Category, double> { [scored] = score }, Partial = false,
    };

    [Theory]
    [InlineData("scan", "", Category.Probing)]
    [InlineData("bruteforce", "", Category.Probing)]
    [InlineData("tunnel", "iodine IP-over-DNS", Category.Tunnel, Category.Exfiltration)]
    [InlineData("tunnel", "chisel", Category.Tunnel)]
    [InlineData("credentials", "", Category.Exfiltration)]
    [InlineData("persistence", "", Category.Persistence)]
    [InlineData("benign", "")]
    public void A_label_is_met_by_its_categories(string label, string what, params Category[] categories) =>
        Assert.Equal(categories, LabelsFile.Meets(label, what));

    [Fact]
    public void Every_unknown_label_is_a_mistake_with_its_line()
    {
        string labels = Labels("a.pcap\tminnig\t", "b.pcap\tbenign\t", "c.pcap");
        List<string> mistakes = [];

        Assert.Single(LabelsFile.Read(labels, _folder, mistakes));
        Assert.Equal([2, 4], mistakes.Select(each => int.Parse(each[labels.Length..].Split(':')[1],
            System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_page_shows_strangers_text_as_text()
    {
        Write("miner.pcap", "mining.subscribe");
        using StringWriter page = new();

        EvaluationPage.Write(Evaluate("miner.pcap\tmining\t<script>x</script>", "h.pcap\tbenign\t"), page);

        Assert.DoesNotContain("<script>", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("mining-stratum", page.ToString(), StringComparison.Ordinal);
    }

    private EvaluationSummary Evaluate(params string[] lines)
    {
        List<string> mistakes = [];
        IReadOnlyList<LabelledFile> files = LabelsFile.Read(Labels(lines), _folder, mistakes);
        Assert.Empty(mistakes);
        return EvaluationSummary.Of([.. files.Select(file => Evaluator.Run(file, CancellationToken.None))]);
    }

    private string Labels(params string[] lines)
    {
        string file = Path.Combine(_folder, "labels.tsv");
        File.WriteAllLines(file, ["file\tlabel\twhat", .. lines]);
        return file;
    }

    private void Write(string name, string method)
    {
        string file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, new CaptureBuilder().Handshake("203.0.113.7", 3333).Tcp("10.0.0.1", 40000,
            "203.0.113.7", 3333, CaptureBuilder.Ack, 1001, $"{{\"method\":\"{method}\",\"p\":1}}\n").ToPcap());
    }
}
