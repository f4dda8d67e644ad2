using System.Text;
using System.Text.Json;
using Aurelian.Cli;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Loading;
using Aurelian.UnitTests.Investigation;

namespace Aurelian.UnitTests.Cli;

/// <summary>
/// The members, their order and their kinds are those of the contract; unknown is null and never left out.
/// </summary>
public sealed class InvestigateJsonTests
{
    private static readonly string[] Members =
        ["schema", "partial", "sources", "clock", "associations", "alerts", "conclusion", "summary", "wouldSettle"];

    [Fact]
    public void Every_member_of_the_contract_is_there_in_its_order()
    {
        JsonElement root = Write();

        Assert.Equal(Members, Names(root).Take(Members.Length));
        Assert.Equal(["file", "kind", "records", "usable", "duplicates", "skipped"],
            Names(root.GetProperty("sources")[0]).Take(6));
        Assert.Equal(["line", "reason"], Names(root.GetProperty("sources")[0].GetProperty("skipped")[0]));
        Assert.Equal(["status", "referenceTime", "offsetSeconds", "offsetInterval", "driftPpm", "driftInterval",
            "zoneShiftSeconds", "grainSeconds", "onsetLagSeconds", "onsetLagInterval"],
            Names(root.GetProperty("clock")));
        Assert.Equal(["kind", "value", "pValue", "qValue", "rateRatio", "interval", "alerts"],
            Names(root.GetProperty("associations")[0]));
        Assert.Equal(["line", "time", "exact", "background", "rest", "candidates"],
            Names(root.GetProperty("alerts")[0]));
        Assert.Equal(["toolCall", "episode", "task", "probability"],
            Names(root.GetProperty("alerts")[0].GetProperty("candidates")[0]));
    }

    [Fact]
    public void Values_are_the_answer_s_and_unknown_is_null()
    {
        JsonElement root = Write(), clock = root.GetProperty("clock"), alerts = root.GetProperty("alerts");

        Assert.Equal("aurelian.investigate/1", root.GetProperty("schema").GetString());
        Assert.Equal(JsonValueKind.Null, clock.GetProperty("driftPpm").ValueKind);
        Assert.Equal([-0.5, 1.5],
            clock.GetProperty("offsetInterval").EnumerateArray().Select(each => each.GetDouble()));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("associations")[1].GetProperty("rateRatio").ValueKind);
        Assert.Equal((1e-9, 14.234568), (root.GetProperty("associations")[0].GetProperty("pValue").GetDouble(),
            root.GetProperty("associations")[0].GetProperty("rateRatio").GetDouble()));
        // One entry for every usable line, repeats too, in the file's order.
        Assert.Equal([1, 2, 4, 5], alerts.EnumerateArray().Select(each => each.GetProperty("line").GetInt32()));
        Assert.All(alerts.EnumerateArray(), alert => Assert.Equal(1, alert.GetProperty("background").GetDouble()
            + alert.GetProperty("rest").GetDouble() + alert.GetProperty("candidates").EnumerateArray().Sum(each =>
                each.GetProperty("probability").GetDouble()), 1e-4));
        Assert.Equal("1768471211", alerts[0].GetProperty("time").GetRawText());
        Assert.Equal("mining-command", root.GetProperty("evidence")[0].GetProperty("rule").GetString());
        Assert.Equal("""{"toolCall":"c1","kind":"cores","mean":4,"above":0.5,"of":2}""",
            root.GetProperty("loads")[0].GetRawText());
        Assert.False(root.GetProperty("sources")[0].TryGetProperty("skippedTotal", out _));
    }

    [Theory]
    [InlineData(Conclusion.Found, "found")]
    [InlineData(Conclusion.CannotTell, "cannot-tell")]
    [InlineData(Conclusion.NothingToExplain, "nothing-to-explain")]
    public void A_conclusion_is_one_of_three_words(Conclusion conclusion, string word) =>
        Assert.Equal(word, Write(conclusion).GetProperty("conclusion").GetString());

    [Fact]
    public void A_refusal_is_an_error_object_with_its_remedy()
    {
        using MemoryStream stream = new();
        InvestigateJson.WriteRefusal(
            new CaseLoad.Refused("zone-missing", "a.csv", 2, "no zone", "say it", "+08:00"), stream);

        Assert.Equal("{\"schema\":\"aurelian.investigate/1\",\"error\":{\"code\":\"zone-missing\",\"file\":\"a.csv\","
            + "\"line\":2,\"message\":\"no zone\",\"remedy\":\"say it\",\"suggestedZone\":\"\\u002B08:00\"}}\n",
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void Commands_in_the_evidence_are_redacted()
    {
        using MemoryStream stream = new();
        InvestigateJson.Write(SolvedSample.Solved(miner: "TOKEN=abc123 ./m -o stratum+tcp://u:pw@pool.example:3333"),
            stream);

        string json = Encoding.UTF8.GetString(stream.ToArray());
        Assert.DoesNotContain("abc123", json, StringComparison.Ordinal);
        Assert.DoesNotContain("u:pw", json, StringComparison.Ordinal);
    }

    private static JsonElement Write(Conclusion conclusion = Conclusion.Found)
    {
        using MemoryStream stream = new();
        InvestigateJson.Write(SolvedSample.Solved(conclusion), stream);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static IEnumerable<string> Names(JsonElement element) =>
        element.EnumerateObject().Select(member => member.Name);
}
