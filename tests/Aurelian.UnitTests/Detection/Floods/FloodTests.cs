using System.Globalization;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection.Floods;

/// <summary>
/// A sandbox that fills a detector's table with more than it holds: its memory stays bounded, the sandbox is suspect,
/// what it does next is found, and what another does is found as if nobody had filled anything.
/// </summary>
public sealed class FloodTests
{
    private const string Flood = "evasion-flood";

    /// <summary>Collections without a bound of their own hold a few, whatever comes.</summary>
    private const int FewMax = 64;

    /// <summary>More than what is bounded otherwise than by a table holds.</summary>
    private const int KeysOtherwise = 2000;

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (FloodCase each in FloodCase.All)
            {
                cases.Add(each.Detector, each.Table);
            }

            return cases;
        }
    }

    [Fact]
    public void Every_table_of_every_detector_is_flooded()
    {
        Assert.Equal(
            Tables.Declared().Order(StringComparer.Ordinal),
            FloodCase.All.Select(each => each.Table).Union(FloodCase.Few)
                .Except(["NameInformation.Half.Labels", "TriedTargets._order"]).Order(StringComparer.Ordinal));
        string[] names = [.. DetectorSet.Standard().Detectors.Select(each => each.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(names, FloodCase.All.Select(each => each.Detector).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(names, Misdeed.All.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            names.Length, typeof(IDetector).Assembly.GetTypes().Count(each => each.IsClass
                && each.IsAssignableTo(typeof(IDetector))));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Who_fills_a_table_is_suspect_and_blinds_nobody(string detector, string table)
    {
        FloodCase flood = FloodCase.All.Single(each => (each.Detector, each.Table) == (detector, table));
        Misdeed misdeed = Misdeed.All[detector];
        string[] undisturbed = Undisturbed(flood, misdeed);
        Assert.NotEmpty(undisturbed);

        IDetector at = flood.Create();
        FloodScene scene = new(at);
        Hand flooder = new(scene, 1), quiet = new(scene, 2);
        misdeed.Begin(flooder);
        misdeed.Begin(quiet);
        int keys = (Tables.Of(at)[table].Max ?? KeysOtherwise) * 9 / 8;
        Fill(flood, flooder, 0, keys);
        Dictionary<string, (int Count, int? Max)> full = Tables.Of(at);
        Fill(flood, flooder, keys, keys + (keys / 8));

        AssertBounded(full, Tables.Of(at));
        bool fills = !FloodCase.Few.Contains(table);
        Assert.Equal(fills ? 1 : 0, scene.Of(flooder).Count(IsFlood));
        Assert.Equal(fills, scene.Detectors.Forgotten > 0);

        misdeed.Finish(quiet);
        Assert.Equal(undisturbed, Told(scene.Of(quiet)));

        int before = scene.Of(flooder).Length;
        flooder.Turn++;
        misdeed.Begin(flooder);
        misdeed.Finish(flooder);
        Assert.Contains(scene.Of(flooder).Skip(before), each => !IsFlood(each));
    }

    /// <summary>Else whoever stops at the last free place has others push out what it did.</summary>
    [Fact]
    public void Who_fills_a_table_to_the_brim_is_suspect_though_another_makes_it_overflow()
    {
        FloodCase flood = FloodCase.All.Single(each => each.Table == "MiningDetector._flows");
        IDetector at = flood.Create();
        FloodScene scene = new(at);
        Hand flooder = new(scene, 1), quiet = new(scene, 2);
        Fill(flood, flooder, 0, Tables.Of(at)[flood.Table].Max!.Value);
        Assert.Equal(0, scene.Detectors.Forgotten);
        flood.Fill(quiet, 0);
        flooder.Add(new Fact.Tick());

        Assert.Equal(1, scene.Detectors.Forgotten);
        Assert.Single(scene.Of(flooder), IsFlood);
        Assert.DoesNotContain(scene.Of(quiet), IsFlood);
    }

    private static string[] Undisturbed(FloodCase flood, Misdeed misdeed)
    {
        Hand quiet = new(new FloodScene(flood.Create()), 2);
        misdeed.Begin(quiet);
        misdeed.Finish(quiet);
        return Told(quiet.Scene.Of(quiet));
    }

    private static void Fill(FloodCase flood, Hand hand, int from, int to)
    {
        for (int key = from; key < to; key++)
        {
            flood.Fill(hand, key);
        }
    }

    private static void AssertBounded(
        Dictionary<string, (int Count, int? Max)> full, Dictionary<string, (int Count, int? Max)> after)
    {
        foreach ((string name, (int count, int? max)) in after)
        {
            int most = FloodCase.Few.Contains(name) ? FewMax
                : max ?? Math.Max(FewMax, full.GetValueOrDefault(name).Count);
            Assert.True(count <= most, string.Create(
                CultureInfo.InvariantCulture, $"{name} holds {count}, more than {most}"));
        }
    }

    private static bool IsFlood(Finding finding) => finding.Rule == Flood;

    private static string[] Told(IEnumerable<Finding> findings) => [.. findings.Select(each => string.Create(
        CultureInfo.InvariantCulture, $"{each.Rule} {each.Severity} {each.Subject.Call} {each.Evidence.Length} "
            + $"{each.Explanation}"))];
}
